// Imported by every test file: whatever was started for tests ends with the last of them.
import { after } from "node:test";

import { closeBrowser } from "./browser.mjs";
import { closeSite } from "./site.mjs";

after(closeBrowser);
after(closeSite);
