import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { personWithCredits } from '../support/people.ts';
import { HOSTING_URL } from '../support/suite.ts';

/** The commands of the tour, each with the output that the README shows. */
function tour(): { command: string; printed: string }[] {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
  const [, text = ''] = readme.split('<!-- tour -->');
  const [section = ''] = text.split('<!-- end of the tour -->');
  const steps = [...section.matchAll(/```sh\n(.*?)```\s+```(?:json|text)\n(.*?)```/gs)];
  return steps.map(([, command = '', printed = '']) => ({ command, printed: printed.trim() }));
}

/** Removes line breaks, which the README adds to answers for readability. */
function onOneLine(text: string): string {
  return text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : text;
}

/** Removes values that differ in each run: ids, times, cursors, the ledger's numbers, the rate limit's state. */
function withoutChance(output: string): string {
  return output
    .replaceAll(/"(id|requestId|apiKeyId|orderId|chargeId|nextCursor)":"[^"]*"/g, '"$1":"…"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .replaceAll(/"(sequence|remaining)":\d+/g, '"$1":0');
}

it('every step of the tour prints the output in the README', async () => {
  // The credits that the demo account has after a fresh start.
  const { person, key } = await personWithCredits(267);
  const owner = (await person.send('POST', '/account/keys', { body: { kind: 'management' } })).expect(201).data.apiKey;
  const steps = tour();
  expect(steps).toHaveLength(6);
  const separator = '=====';
  const script = steps.map(({ command }) => `${command}\necho; echo '${separator}'`).join('\n');
  const env = { ...process.env, API: `${HOSTING_URL}/api`, KEY: key.secret, OWNER: owner };
  const outputs = execFileSync('bash', ['-eu', '-c', script], { encoding: 'utf8', env }).split(separator);
  for (const [index, { printed }] of steps.entries()) {
    expect(withoutChance(outputs[index]?.trim() ?? '')).toBe(withoutChance(onOneLine(printed)));
  }
});
