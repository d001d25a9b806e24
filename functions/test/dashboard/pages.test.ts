import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser.ts';
import { newPerson } from '../support/people.ts';
import { allWebhooksDelivered, order, orderOf } from '../support/stripeControl.ts';
import { EMULATED_API_URL, HOSTING_URL, STRIPE_URL } from '../support/suite.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const hostOf = (url: string) => new URL(url).host;

it('a customer orders, sees a decline, then pays, and returns to our page', async () => {
  const person = await newPerson();
  const { url, orderId } = await order(person, 'growth', 'eur');
  const { page, hosts } = await openPage(browser);
  await page.goto(url);
  expect(await page.textContent('body')).toContain('€23.99');
  await page.click('button[value=decline]');
  expect(await page.textContent('body')).toContain('Your card was declined');
  await page.click('button[value=pay]');
  await page.waitForURL(`${HOSTING_URL}/billing/success*`);
  expect(await page.textContent('h1')).toBe('Thank you');
  await allWebhooksDelivered();
  expect((await orderOf(person, orderId)).status).toBe('paid');
  expect([...hosts].sort()).toEqual([hostOf(HOSTING_URL), hostOf(STRIPE_URL)].sort());
  await page.close();
});

it('a customer whose bank asks for confirmation can confirm, and pays', async () => {
  const person = await newPerson();
  const { url, orderId } = await order(person);
  const { page } = await openPage(browser);
  await page.goto(url);
  await page.click('button[value=authenticate]');
  await page.click('button[value=complete]');
  await page.waitForURL(`${HOSTING_URL}/billing/success*`);
  await allWebhooksDelivered();
  expect((await orderOf(person, orderId)).status).toBe('paid');
  await page.close();
});

it('a customer who leaves returns to a page that says that nothing was paid', async () => {
  const { url } = await order(await newPerson());
  const { page } = await openPage(browser);
  await page.goto(url);
  await page.click('button[value=cancel]');
  await page.waitForURL(`${HOSTING_URL}/billing/canceled*`);
  expect(await page.textContent('h1')).toBe('Nothing was paid');
  await page.close();
});

it.each([`${HOSTING_URL}/api`, EMULATED_API_URL])(
  'the documentation at %s shows every route, and can call the API',
  async (base) => {
    const { page, hosts } = await openPage(browser);
    await page.goto(`${base}/docs`);
    await page.waitForSelector('.opblock');
    const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as { paths: Record<string, object> };
    const documented = Object.values(paths).flatMap((item) => Object.keys(item));
    expect(await page.locator('.opblock').count()).toBe(documented.length);
    const packs = page.locator('.opblock', { hasText: '/api/billing/packs' });
    await packs.locator('.opblock-summary-control').click();
    await packs.locator('.try-out__btn').click();
    await packs.locator('.execute').click();
    await packs.locator('.live-responses-table .highlight-code').first().waitFor();
    expect(await packs.locator('.live-responses-table').textContent()).toContain('starter');
    expect([...hosts]).toEqual([hostOf(base)]);
    await page.close();
  },
);
