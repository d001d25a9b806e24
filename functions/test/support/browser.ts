import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Switches off most background work of the browser, and its sandbox, which doesn't work as root. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium that CHROMIUM_PATH names, or a package's, which needs no installation. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? packagedChromium();
  if (!existsSync(executablePath))
    throw new Error(`There is no browser at ${executablePath}; set CHROMIUM_PATH to one.`);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** The package is an ES module, which jest's module system doesn't load. So another process reads its path. */
function packagedChromium(): string {
  const script =
    "const { default: chromium } = await import('@sparticuz/chromium'); console.log(await chromium.executablePath());";
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
}

/** A page, and the hosts that it has sent requests to. */
export async function openPage(browser: Browser): Promise<{ page: Page; hosts: Set<string> }> {
  const page = await browser.newPage();
  const hosts = new Set<string>();
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(host);
  });
  return { page, hosts };
}
