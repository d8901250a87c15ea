// ponder asks for an API; nobody asks ours.
import { Hono } from "hono";

export default new Hono();
