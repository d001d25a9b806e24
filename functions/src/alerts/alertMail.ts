import type { AccountEvent } from '../events/accountEvent.ts';
import { type AlertRule, DEFAULT_RULE } from './alerts.ts';

/** A letter as https://extensions.dev/extensions/firebase/firestore-send-email takes it. */
export interface Mail {
  readonly to: readonly string[];
  readonly message: { readonly subject: string; readonly text: string; readonly html: string };
}

/** Subject and text of an alert; none for events that aren't mailed. */
const LETTERS: Partial<Record<AccountEvent['type'], (data: AccountEvent['data']) => readonly [string, string]>> = {
  'credits.low': ({ availableCredits, thresholdCredits }) => [
    `Low balance: ${availableCredits} credits left`,
    `Your balance is ${availableCredits} credits, below the ${thresholdCredits} of your alert. Top up to go on without a break.`,
  ],
  'credits.depleted': () => [
    'Your credits are used up',
    'There are no credits left, so paid requests are refused until you buy some.',
  ],
  'credits.expiring': ({ expiringCredits, expiresAt }) => [
    `${expiringCredits} credits expire soon`,
    `${expiringCredits} of your credits expire at ${expiresAt}. What is not used until then is gone.`,
  ],
  'auto_topup.failed': ({ message }) => [
    'Automatic top-up has failed',
    `Automatic top-up is paused: ${message} Check your card, then switch it on again.`,
  ],
  'api_key.near_limit': ({ apiKeyId, window, limitCredits, usedCredits, resetsAt }) => [
    `An API key has used ${usedCredits} of its ${limitCredits} credits of this ${window}`,
    `The API key ${apiKeyId} has used ${usedCredits} of the ${limitCredits} credits that it may spend this ${window}. At the limit its paid requests are refused until ${resetsAt}, or until you raise it.`,
  ],
  'webhook.disabled': ({ url, reason }) => [
    'A webhook was disabled',
    `Nothing is sent to ${url} any more, because ${reason === 'gone' ? 'it says that it is gone' : 'it has taken nothing for days'}. Repair it, then enable it again.`,
  ],
};

/** The letter about an event, if there is one and the account wants it. */
export function mailOf({ type, data }: AccountEvent, rule: AlertRule | null, email: string | null): Mail | null {
  const letter = LETTERS[type]?.(data);
  const { email: wantsMail, autoTopUpFailed } = rule ?? DEFAULT_RULE;
  if (!letter || email === null || !wantsMail) return null;
  if (type === 'auto_topup.failed' && !autoTopUpFailed) return null;
  const [subject, text] = letter;
  return { to: [email], message: { subject, text, html: `<p>${escapeHtml(text)}</p>` } };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
