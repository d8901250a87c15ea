// A server of pages made up by a test.
import { createServer } from "node:http";
import { once } from "node:events";

/** Serves `{path: {body, type?, headers?}}` on a free port of the loopback address. */
export async function scratch(answers) {
  const server = createServer((request, response) => {
    const answer = answers[request.url];
    if (!answer) {
      response.writeHead(404, { "content-type": "text/plain" }).end("nothing here");
      return;
    }
    const { body, type = "text/html; charset=utf-8", headers = {} } = answer;
    response.writeHead(200, { "content-type": type, ...headers }).end(body);
  });
  server.listen(0);
  await once(server, "listening");
  // A test that failed before it could close this must not keep the process alive.
  server.unref();
  const { port } = server.address();
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
}
