// One row for each event, and how things stand: pool, rounds, grants, goals.
import { onchainTable, primaryKey } from "ponder";

export const event = onchainTable(
  "event",
  (t) => ({
    block: t.bigint().notNull(),
    logIndex: t.integer().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
    address: t.hex().notNull(),
    kind: t.text().notNull(),
    args: t.text().notNull(),
  }),
  (table) => ({ key: primaryKey({ columns: [table.block, table.logIndex] }) }),
);

export const pool = onchainTable("pool", (t) => ({
  id: t.integer().primaryKey(),
  funded: t.bigint().notNull(),
  promised: t.bigint().notNull(),
  released: t.bigint().notNull(),
  withheld: t.bigint().notNull(),
}));

export const rounds = onchainTable("rounds", (t) => ({
  root: t.hex().primaryKey(),
  total: t.bigint().notNull(),
  document: t.hex().notNull(),
  bindingAt: t.bigint().notNull(),
}));

export const grants = onchainTable("grants", (t) => ({
  id: t.hex().primaryKey(),
  root: t.hex().notNull(),
  leafIndex: t.integer().notNull(),
  recipient: t.hex().notNull(),
  amount: t.bigint().notNull(),
  withholdBps: t.integer().notNull(),
  released: t.bigint().notNull(),
  withheld: t.bigint().notNull(),
  payments: t.integer().notNull(),
  freed: t.bigint().notNull(),
  stopAt: t.bigint().notNull(),
  credit: t.bigint().notNull(),
  lost: t.bigint().notNull(),
  state: t.text().notNull(),
  settledValue: t.bigint(),
  changedBlock: t.bigint().notNull(),
}));

export const goals = onchainTable("goals", (t) => ({
  id: t.hex().primaryKey(),
  definition: t.text().notNull(),
}));
