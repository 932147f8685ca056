// Rows about requests that are cancelled, repeated, late, or made at the same time.
import { NotPossible, onlyKnown, words } from "../tester.mjs";

export const theme = "Requests";

const USED = "refused: This request was already used or has expired. Please try again.";
const WAITS = { chromium: "until the page aborts the request, as here" };
const REFUSES = "the browser refuses (NotAllowedError)";

/** Makes all started ceremonies expire now, by changing them in the database. */
function expire(t) {
  const now = Math.floor(Date.now() / 1000) - 1;
  const ceremony = "'$.' || (SELECT key FROM json_each(state)) ||";
  const set = `${ceremony} '.started_at', ${now - 600}, ${ceremony} '.expires_at', ${now}`;
  const statement = `UPDATE pending SET expires_at = ${now}, state = json_set(state, ${set})`;
  if (t.site.sql(statement) === undefined) throw new NotPossible("sqlite3 is not installed");
}

/** Starts a ceremony and asks the browser, without sending the response. */
async function responseOf(t, ceremony, path, body = {}) {
  const { reply } = await t.send(path, body);
  const asked = await t.script("return ask(...arguments);", ceremony, reply.options, 3);
  if (asked.response === undefined) throw new Error(asked.browserError);
  return asked.response;
}

async function finish(t, path, response) {
  return words({ stage: "finish", ...(await t.send(path, response)) });
}

export const rows = [
  {
    name: "registration that the user does not answer",
    why: WAITS,
    expect: { chromium: "the browser waits for the user", firefox: REFUSES },
    async run(t) {
      await t.authenticator({ isUserConsenting: false });
      return words(await t.register());
    },
  },
  {
    name: "login that the user does not answer",
    why: WAITS,
    quick: true,
    expect: { chromium: "the browser waits for the user", firefox: REFUSES },
    async run(t) {
      const id = await t.authenticator();
      await t.newAccount();
      const credential = await t.onlyCredential(id);
      await t.browser.removeAuthenticator(id);
      const deaf = await t.authenticator({ isUserConsenting: false });
      await t.browser.addCredential(deaf, onlyKnown(credential));
      return words(await t.signIn());
    },
  },
  {
    name: "login without any passkey",
    expect: REFUSES,
    async run(t) {
      await t.authenticator();
      return words(await t.signIn());
    },
  },
  {
    name: "second passkey on the same authenticator",
    quick: true,
    expect: "the browser refuses (InvalidStateError)",
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      return words(await t.register({}));
    },
  },
  {
    name: "second passkey on another authenticator",
    expect: "accepted, 2 passkeys",
    async run(t) {
      const first = await t.authenticator();
      await t.newAccount();
      await t.browser.removeAuthenticator(first);
      await t.authenticator({ transport: "usb" });
      const outcome = await t.register({});
      const { length } = outcome.reply.allAcceptedCredentials.allAcceptedCredentialIds;
      return `${words(outcome)}, ${length} passkeys`;
    },
  },
  {
    name: "login by the name of the account",
    quick: true,
    expect: "accepted",
    async run(t) {
      await t.authenticator();
      const name = await t.newAccount();
      await t.visit(t.site);
      return words(await t.signIn({ name: name.toUpperCase() }));
    },
  },
  {
    name: "login by the name of another account: the passkey is not among the allowed ones",
    expect: "the browser does not use the passkey",
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const { response } = await t.signIn({ name: "nobody-00000" });
      // The site invents passkeys for an unknown name. Whether Chromium refuses or waits depends on
      // their transports.
      return response ? "the browser uses the passkey" : "the browser does not use the passkey";
    },
  },
  {
    name: "login response sent twice",
    quick: true,
    expect: `accepted, then ${USED}`,
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const response = await responseOf(t, "authentication", "/login/start");
      const first = await finish(t, "/login/finish", response);
      return `${first}, then ${await finish(t, "/login/finish", response)}`;
    },
  },
  {
    name: "registration response sent twice",
    expect: `accepted, then ${USED}`,
    async run(t) {
      await t.authenticator();
      const body = { name: "Alice" };
      const response = await responseOf(t, "registration", "/registration/start", body);
      const first = await finish(t, "/registration/finish", response);
      return `${first}, then ${await finish(t, "/registration/finish", response)}`;
    },
  },
  {
    name: "login response of another session",
    expect: USED,
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const response = await responseOf(t, "authentication", "/login/start");
      await t.visit(t.site);
      return finish(t, "/login/finish", response);
    },
  },
  {
    name: "response of an experiment sent as a login",
    expect: USED,
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const settings = { ceremony: "authentication" };
      const response = await responseOf(t, "authentication", "/lab/start", settings);
      return finish(t, "/login/finish", response);
    },
  },
  {
    name: "login after the time of the request",
    expect: "refused at authentication step 1",
    async run(t) {
      await t.authenticator();
      await t.newAccount();
      const response = await responseOf(t, "authentication", "/login/start");
      expire(t);
      return finish(t, "/login/finish", response);
    },
  },
  {
    name: "registration after the time of the request",
    expect: "refused at registration step 1",
    async run(t) {
      await t.authenticator();
      const body = { name: "Alice" };
      const response = await responseOf(t, "registration", "/registration/start", body);
      expire(t);
      return finish(t, "/registration/finish", response);
    },
  },
  {
    name: "signature counter lower than at the last login",
    quick: true,
    expect: "refused at authentication step 22",
    async run(t) {
      const id = await t.authenticator();
      await t.newAccount({ capture: "lower-counter/registration" });
      await t.replaceCredential(id, { signCount: 100 });
      const higher = await t.signIn({}, { capture: "lower-counter/higher" });
      if (words(higher) !== "accepted") return `higher: ${words(higher)}`;
      await t.replaceCredential(id, { signCount: 10 });
      const expect = { reject: "SignCountNotIncreased" };
      return words(await t.signIn({}, { capture: "lower-counter/login", expect }));
    },
  },
  {
    name: "two tabs: both start a login, and both finish it",
    expect: `accepted, then ${USED}`,
    async run(t) {
      const id = await t.authenticator();
      await t.newAccount();
      const first = await t.browser.tab();
      const credential = await t.onlyCredential(id);
      const responses = [await responseOf(t, "authentication", "/login/start")];
      await t.browser.switchTo(await t.browser.newTab());
      await t.browser.open(`${t.site.origin}/lab`);
      // In Chromium, an authenticator belongs to a tab.
      if (t.name === "chromium") {
        await t.browser.addCredential(await t.authenticator(), onlyKnown(credential));
      }
      responses.push(await responseOf(t, "authentication", "/login/start"));
      const two = await finish(t, "/login/finish", responses[1]);
      await t.browser.switchTo(first);
      return `${two}, then ${await finish(t, "/login/finish", responses[0])}`;
    },
  },
];
