// Rows about where a page is: other origins, iframes, and related origins.
import { words } from "../tester.mjs";

export const theme = "Origins and iframes";

/** Gets options from the site, asks the browser on another page, and sends the response back. */
async function askElsewhere(t, url, ceremony, paths, body, capture) {
  const started = await t.send(paths[0], body);
  const { options } = started.reply;
  await t.browser.open(url);
  const asked = await t.script("return ask(...arguments);", ceremony, options, 3);
  if (asked.response === undefined) return { stage: "browser", ...asked };
  await t.browser.open(`${t.at.origin}/lab`);
  const finished = await t.send(paths[1], asked.response);
  const outcome = { stage: "finish", options, response: asked.response, ...finished };
  t.captures.add(t, ceremony, outcome, { name: capture, expect: { reject: "OriginMismatch" } });
  return outcome;
}

const REGISTRATION = ["/registration/start", "/registration/finish"];
const LOGIN = ["/login/start", "/login/finish"];

/** Opens the site in an iframe of another website, and enters the iframe. */
async function openFramed(t, site, allow) {
  await t.visit(site);
  const query = new URLSearchParams({ frame: `${site.origin}/lab`, allow });
  await t.browser.open(`${t.other.origin}/?${query}`);
  await t.browser.enterFrame("iframe");
}

function framed(name, allow, expect, ceremony, capture) {
  return {
    name,
    expect,
    async run(t) {
      await t.authenticator();
      await t.visit(t.framed);
      // A registration in the iframe creates another account.
      if (ceremony === "signIn") await t.newAccount();
      await openFramed(t, t.framed, allow);
      // To create a passkey in an iframe, the user must have used the iframe.
      await t.browser.click("h1");
      return words(await t[ceremony](undefined, { capture }));
    },
  };
}

export const rows = [
  {
    name: "registration on a page with another port",
    expect: "refused at registration step 9",
    async run(t) {
      await t.authenticator();
      const body = { name: "Alice" };
      const capture = "other-port/registration";
      return words(
        await askElsewhere(t, t.other.origin, "registration", REGISTRATION, body, capture),
      );
    },
  },
  {
    name: "login on a page with another port",
    quick: true,
    expect: "refused at authentication step 12",
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const capture = "other-port/login";
      return words(await askElsewhere(t, t.other.origin, "authentication", LOGIN, {}, capture));
    },
  },
  {
    name: "login at 127.0.0.1 instead of localhost",
    expect: "the browser refuses (SecurityError)",
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const url = `http://127.0.0.1:${t.site.port}/`;
      return words(await askElsewhere(t, url, "authentication", LOGIN, {}));
    },
  },
  framed(
    "login in an iframe with permission", "publickey-credentials-get", "accepted", "signIn",
    "framed/login",
  ),
  framed(
    "login in an iframe without permission", "", "the browser refuses (NotAllowedError)", "signIn",
  ),
  framed(
    "registration in an iframe with permission", "publickey-credentials-create", "accepted",
    "register", "framed/registration",
  ),
  {
    name: "an iframe of a website that FRAMED_BY does not name",
    expect: "the browser shows nothing of the site",
    async run(t) {
      await openFramed(t, t.site, "publickey-credentials-get");
      const isShown = await t.browser.run("return document.querySelector('#experiment') !== null;");
      return isShown ? "the browser shows the site" : "the browser shows nothing of the site";
    },
  },
  {
    name: "HTTPS",
    expect: "registers and signs in",
    async run(t) {
      await t.authenticator();
      await t.visit(t.secure);
      return t.both("https");
    },
  },
  {
    name: "login at a related origin with a passkey of the main origin",
    expect: "accepted",
    async run(t) {
      await t.authenticator();
      await t.visit(t.secure);
      await t.newAccount();
      await t.visit({ ...t.secure, origin: "https://related.test", rpId: "passkeys.test" });
      return words(await t.signIn({}, { capture: "related-origin/login" }));
    },
  },
  {
    name: "login at an origin that the list of related origins does not name",
    expect: "the browser refuses (SecurityError)",
    async run(t) {
      await t.authenticator();
      await t.visit(t.secure);
      await t.newAccount();
      return words(await askElsewhere(t, "https://stranger.test/", "authentication", LOGIN, {}));
    },
  },
];
