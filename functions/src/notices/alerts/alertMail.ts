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
    `Your balance is ${availableCredits} credits, below the ${thresholdCredits} of your alert. Top up to go on ` +
      'without a break.',
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
    `The API key ${apiKeyId} has used ${usedCredits} of the ${limitCredits} credits that it may spend this ` +
      `${window}. At the limit its paid requests are refused until ${resetsAt}, or until you raise it.`,
  ],
  'webhook.disabled': ({ url, reason }) => [
    'A webhook was disabled',
    `Nothing is sent to ${url} any more, because ` +
      `${reason === 'gone' ? 'it says that it is gone' : 'it has taken nothing for days'}. Repair it, then enable it ` +
      'again.',
  ],
};

/** True for an event about which there is a letter, if the account wants it. */
export function isMailed({ type }: Pick<AccountEvent, 'type'>, rule: AlertRule | null): boolean {
  const { email: wantsMail, autoTopUpFailed } = rule ?? DEFAULT_RULE;
  return LETTERS[type] !== undefined && wantsMail && (type !== 'auto_topup.failed' || autoTopUpFailed);
}

/** The letter about an event, if there is one, the account wants it, and there is an address. */
export function mailOf(event: AccountEvent, rule: AlertRule | null, email: string | null): Mail | null {
  const letter = LETTERS[event.type]?.(event.data);
  if (!letter || email === null || !isMailed(event, rule)) return null;
  const [subject, text] = letter;
  return { to: [email], message: { subject, text, html: `<p>${escapeHtml(text)}</p>` } };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
