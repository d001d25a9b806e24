import { execFileSync } from 'node:child_process';
import type { Suite } from '../../../local/suite/suite.ts';
import { printWelcome } from '../../../scripts/welcome.ts';
import { CREEM_URL, EMULATED_API_URL, HOSTING_URL, STRIPE_URL, UPSTREAM_URL } from '../support/suite.ts';

/** Returns the text that the starter prints, with commands to copy. */
async function printed(): Promise<string> {
  const lines: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  const urls = {
    hosting: HOSTING_URL,
    api: EMULATED_API_URL,
    stripe: STRIPE_URL,
    upstream: UPSTREAM_URL,
    creem: CREEM_URL,
    auth: `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}`,
    stripeWebhook: '',
    creemWebhook: '',
    hub: '',
  };
  await printWelcome({ root: '.', urls, stripe: { local: true }, logs: 'logs' } as Suite);
  log.mockRestore();
  return lines.join('\n');
}

it('every request that the starter prints works exactly as printed', async () => {
  const text = await printed();
  const commands = text.split('\n').filter((line) => /^(curl|TOKEN=)/.test(line));
  expect(commands).toHaveLength(7);
  const script = commands.map((command) => `${command}\necho`).join('\n');
  const answers = execFileSync('bash', ['-eu', '-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(answers).toHaveLength(6);
  for (const answer of answers) expect(JSON.parse(answer)).toMatchObject({ success: true });
});
