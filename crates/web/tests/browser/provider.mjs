// The part of the test wallet that runs in the page: EIP-1193 requests, announced by EIP-6963.

/** Runs before any script of the page, and is all of it: nothing outside can be named here. */
export function announce({ info, binding, event }) {
  if (globalThis !== globalThis.top) return;
  const listeners = new Map();
  const provider = {
    async request({ method, params }) {
      const { result, error } = await globalThis[binding]({ method, params });
      if (!error) return result;
      throw Object.assign(new Error(error.message), { code: error.code, data: error.data });
    },
    on(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      return provider;
    },
    removeListener(name, listener) {
      listeners.set(name, (listeners.get(name) ?? []).filter((each) => each !== listener));
      return provider;
    },
  };
  globalThis.addEventListener(event, ({ detail: { name, value } }) => {
    for (const listener of listeners.get(name) ?? []) listener(value);
  });
  const detail = Object.freeze({ info: Object.freeze(info), provider: Object.freeze(provider) });
  const say = () => {
    globalThis.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  globalThis.addEventListener("eip6963:requestProvider", say);
  say();
}
