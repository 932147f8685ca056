// Rows about signals: the site tells the browser which passkeys it accepts, and their names.
import { onlyKnown, words } from "../tester.mjs";

export const theme = "Signals";

/** Sends a signal from the page. Returns false if the browser does not have it. */
function signal(t, method, argument) {
  const script = `
    const [method, argument] = arguments;
    if (!PublicKeyCredential[method]) return false;
    await PublicKeyCredential[method](argument);
    return true;`;
  return t.script(script, method, argument);
}

const NO_SIGNALS = "not possible: this version has no signals";

function count(t, id) {
  return t.browser.credentials(id).then((credentials) => credentials.length);
}

function row(name, expect, run, more = {}) {
  return { name, expect: { chromium: expect, firefox: NO_SIGNALS }, run, ...more };
}

/** Deletes an account whose passkey stays on the authenticator. */
async function accountDeleted(t) {
  const id = await t.authenticator();
  await t.newAccount();
  const deleted = await t.send("/account/delete");
  await t.visit(t.site);
  return { id, signals: deleted.reply };
}

export const rows = [
  {
    name: "login with a passkey of a deleted account",
    quick: true,
    expect: "refused at authentication step 6, with the signal for an unknown passkey",
    async run(t) {
      await accountDeleted(t);
      const outcome = await t.signIn();
      const hint = outcome.reply?.unknownCredential ? "with" : "without";
      return `${words(outcome)}, ${hint} the signal for an unknown passkey`;
    },
  },
  {
    name: "login with a passkey that the site has deleted, while the account has another one",
    expect: "refused at authentication step 6, with the signal for an unknown passkey",
    async run(t) {
      const first = await t.authenticator();
      await t.newAccount();
      const credential = await t.onlyCredential(first);
      await t.browser.removeAuthenticator(first);
      await t.authenticator({ transport: "usb" });
      await t.register({});
      // The browser is not told, and still has the passkey.
      await t.send(`/passkeys/${credential.credentialId}/delete`);
      await t.begin();
      await t.browser.addCredential(await t.authenticator(), onlyKnown(credential));
      const outcome = await t.signIn();
      const hint = outcome.reply?.unknownCredential ? "with" : "without";
      return `${words(outcome)}, ${hint} the signal for an unknown passkey`;
    },
  },
  row("unknownCredential: the browser deletes the passkey", "1 passkey, then 0", async (t) => {
    const { id } = await accountDeleted(t);
    const before = await count(t, id);
    const { reply } = await t.signIn();
    if (!(await signal(t, "signalUnknownCredential", reply.unknownCredential))) return NO_SIGNALS;
    await t.pause(300);
    return `${before} passkey, then ${await count(t, id)}`;
  }, { quick: true }),
  row("allAcceptedCredentials: after the account was deleted", "1 passkey, then 0", async (t) => {
    const { id, signals } = await accountDeleted(t);
    const before = await count(t, id);
    const argument = signals.allAcceptedCredentials;
    if (!(await signal(t, "signalAllAcceptedCredentials", argument))) return NO_SIGNALS;
    await t.pause(300);
    return `${before} passkey, then ${await count(t, id)}`;
  }),
  row("allAcceptedCredentials: accepted passkeys stay", "1 passkey, then 1", async (t) => {
    const id = await t.authenticator();
    const { reply } = await t.register();
    const argument = reply.allAcceptedCredentials;
    if (!(await signal(t, "signalAllAcceptedCredentials", argument))) return NO_SIGNALS;
    await t.pause(300);
    return `1 passkey, then ${await count(t, id)}`;
  }),
  row("currentUserDetails: the browser shows the new name", "renamed", async (t) => {
    const id = await t.authenticator();
    const { reply } = await t.register();
    const argument = { ...reply.currentUserDetails, name: "renamed", displayName: "renamed" };
    if (!(await signal(t, "signalCurrentUserDetails", argument))) return NO_SIGNALS;
    await t.pause(300);
    return (await t.onlyCredential(id)).userName;
  }),
];
