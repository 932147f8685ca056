// Screenshots for the README of the demo, on a desk and on a phone, light and dark.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./webdriver.mjs";

const DESK = { width: 1280, height: 1300 };
const PHONE = { width: 390, height: 1300 };

/** Each screenshot: the screen, and the selector of the element that is at its top. */
const SCREENS = {
  "start-desk-light": { ...DESK, height: 760, isDark: false, top: "body" },
  "account-phone-light": { ...PHONE, isDark: false, top: "body" },
  "report-desk-dark": { ...DESK, isDark: true, top: "#report" },
  "broken-phone-dark": { ...PHONE, isDark: true, top: ".faults" },
};

const exists = (browser, selector) =>
  until(selector, () => browser.run("return !!document.querySelector(arguments[0]);", selector));

/** Makes an account in Chromium, and writes the screenshots to a folder. */
export async function writeScreenshots(browser, site, folder) {
  const save = async (name) => {
    const { top, ...screen } = SCREENS[name];
    writeFileSync(join(folder, `${name}.png`), await browser.screenshot(screen, top));
  };
  mkdirSync(folder, { recursive: true });
  await browser.open(`${site.origin}/`);
  await browser.delete("/cookie");
  await browser.open(`${site.origin}/`);
  await exists(browser, "#create");
  await save("start-desk-light");
  const id = await browser.addAuthenticator({
    protocol: "ctap2", transport: "internal", hasResidentKey: true,
    hasUserVerification: true, isUserVerified: true,
  });
  await browser.type("#new-name", "Alice");
  await browser.click("#create [name=attestation]");
  await browser.click("#create button");
  await exists(browser, "#sign-out");
  await save("account-phone-light");
  await save("report-desk-dark");
  await browser.click("[data-fault=flipped-signature]");
  await exists(browser, "#broken .failed");
  await save("broken-phone-dark");
  await browser.removeAuthenticator(id);
  return Object.keys(SCREENS).length;
}
