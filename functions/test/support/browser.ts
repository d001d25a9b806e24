import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** As little as possible of what a browser does by itself; as root its own sandbox doesn't work. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium that needs no installation of its own: the one named by CHROMIUM_PATH, or a package's. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? packagedChromium();
  if (!existsSync(executablePath))
    throw new Error(`There is no browser at ${executablePath}; set CHROMIUM_PATH to one.`);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** The package is an ES module, which jest's own module system doesn't load; so another process asks it. */
function packagedChromium(): string {
  const script =
    "const { default: chromium } = await import('@sparticuz/chromium'); console.log(await chromium.executablePath());";
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
}

/** A page, and the hosts that it has talked to. */
export async function openPage(browser: Browser): Promise<{ page: Page; hosts: Set<string> }> {
  const page = await browser.newPage();
  const hosts = new Set<string>();
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(host);
  });
  return { page, hosts };
}
