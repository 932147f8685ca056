// Rows about libraries in the page: the site does not need its own script.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../server.mjs";
import { NotPossible } from "../tester.mjs";

export const theme = "Libraries";

const PACKAGE = "@simplewebauthn/browser@14.0.0";
const FILE = join(folder, "package/dist/bundle/index.umd.min.js");

/** Returns the script of the package, from the registry of npm. */
function source() {
  if (!existsSync(FILE)) {
    const args = ["pack", "--silent", PACKAGE];
    const packed = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
    if (packed.status !== 0) throw new NotPossible("the registry of npm cannot be reached");
    spawnSync("tar", ["-xzf", packed.stdout.trim()], { cwd: folder });
  }
  return readFileSync(FILE, "utf8");
}

export const rows = [
  {
    name: PACKAGE,
    expect: "registers and signs in",
    async run(t) {
      const library = source();
      await t.authenticator();
      const script = `
        ${library}
        const { startRegistration, startAuthentication } = globalThis.SimpleWebAuthnBrowser;
        const registration = await send("/registration/start", { name: "Alice" });
        const optionsJSON = registration.reply.options.publicKey;
        const created = await startRegistration({ optionsJSON });
        const registered = await send("/registration/finish", created);
        if (registered.status !== 200) return JSON.stringify(registered);
        const login = await send("/login/start", {});
        const response = await startAuthentication({ optionsJSON: login.reply.options.publicKey });
        const signedIn = await send("/login/finish", response);
        return signedIn.status === 200 ? "registers and signs in" : JSON.stringify(signedIn);`;
      return t.script(script);
    },
  },
];
