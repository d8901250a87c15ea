// What our indexer keeps of each event, as ponder keeps it.
import { readFileSync } from "node:fs";
import { ponder } from "ponder:registry";
import { event as events, goals, grants, pool, rounds } from "ponder:schema";

type Handler = (args: any, context: any, event: any) => Promise<unknown>;

const POOL = { id: 1 };
const text = (args: unknown) =>
  JSON.stringify(args, (_, value) => (typeof value === "bigint" ? value.toString() : value));

const money = (db: any, add: Record<string, bigint>) =>
  db
    .insert(pool)
    .values({ ...POOL, funded: 0n, promised: 0n, released: 0n, withheld: 0n, ...add })
    .onConflictDoUpdate((row: any) =>
      Object.fromEntries(Object.entries(add).map(([name, by]) => [name, row[name] + by])),
    );

// How a grant's row changes by each kind of event that names it.
const changed =
  (change: (row: any, args: any) => object): Handler =>
  (args, { db }, event) =>
    db.update(grants, { id: args.id }).set((row: any) => ({
      ...change(row, args),
      changedBlock: event.block.number,
    }));

const freeing =
  (change: (row: any, args: any) => object): Handler =>
  async (args, context, event) => {
    await money(context.db, { promised: -args.freed });
    return changed((row, given) => ({ ...change(row, given), freed: row.freed + given.freed }))(
      args,
      context,
      event,
    );
  };

const handlers: Record<string, Handler> = {
  Funded: ({ amount }, { db }) => money(db, { funded: amount }),
  FreeWithdrawn: ({ amount }, { db }) => money(db, { funded: -amount }),
  RoundCommitted: async ({ root, total, document, bindingAt }, { db }) => {
    await money(db, { promised: total });
    return db.insert(rounds).values({ root, total, document, bindingAt: BigInt(bindingAt) });
  },
  Opened: ({ id, root, index, recipient, amount, withholdBps }, { db }, event) =>
    db.insert(grants).values({
      id,
      root,
      leafIndex: index,
      recipient,
      amount,
      withholdBps,
      released: 0n,
      withheld: 0n,
      payments: 0,
      freed: 0n,
      stopAt: 0n,
      credit: 0n,
      lost: 0n,
      state: "active",
      changedBlock: event.block.number,
    }),
  Claimed: async (args, context, event) => {
    const { gross, withheld } = args;
    await money(context.db, {
      funded: withheld,
      released: gross,
      withheld,
    });
    return changed((row) => ({
      released: row.released + gross,
      withheld: row.withheld + withheld,
      payments: row.payments + 1,
    }))(args, context, event);
  },
  Ended: freeing((_, { stopAt, lost }) => ({
    stopAt: BigInt(stopAt),
    lost: BigInt(lost),
    state: "ended",
  })),
  EndWithdrawn: freeing(() => ({ stopAt: 0n, state: "active" })),
  Paused: changed((_, { stopAt }) => ({ stopAt: BigInt(stopAt), state: "paused" })),
  Resumed: changed((_, { lost }) => ({ stopAt: 0n, lost: BigInt(lost), state: "active" })),
  Accelerated: freeing((_, { credit }) => ({ credit: BigInt(credit) })),
  Settled: freeing((_, { value }) => ({ settledValue: value, state: "settled" })),
  Waived: freeing((_, { value }) => ({ settledValue: value, state: "settled" })),
  WithholdingLowered: changed((_, { withholdBps }) => ({ withholdBps })),
  GoalDefined: ({ id, goal }, { db }) =>
    db.insert(goals).values({ id, definition: text(goal) }),
};

// What our indexer keeps no event of: it states nothing about grants, goals or who may do what.
const LEFT = [
  "AuthorityUpdated",
  "EIP712DomainChanged",
  "RoleAdminChanged",
  "RoleGrantDelayChanged",
  "RoleGuardianChanged",
  "RoleLabel",
  "TargetAdminDelayUpdated",
  "TargetClosed",
];

for (const contract of ["Grants", "Goals", "Succession", "AccessManager"]) {
  const { abi } = JSON.parse(readFileSync(`${contract}.json`, "utf8"));
  const kinds = abi.filter(
    (item: any) =>
      item.type === "event" && !LEFT.includes(item.name),
  );
  for (const { name: kind } of kinds) {
    (ponder as any).on(`${contract}:${kind}`, async ({ event, context }: any) => {
      await context.db.insert(events).values({
        block: event.block.number,
        logIndex: event.log.logIndex,
        time: event.block.timestamp,
        tx: event.transaction.hash,
        address: event.log.address,
        kind,
        args: text(event.args),
      });
      await handlers[kind]?.(event.args, context, event);
    });
  }
}
