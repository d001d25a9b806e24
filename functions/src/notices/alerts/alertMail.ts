import type { AccountEvent } from '../events/accountEvent.ts';
import { type AlertRule, DEFAULT_RULE } from './alerts.ts';

/** A mail document for the extension https://extensions.dev/extensions/firebase/firestore-send-email. */
export interface Mail {
  readonly to: readonly string[];
  readonly message: { readonly subject: string; readonly text: string; readonly html: string };
}

/** The subject and text of each event type that is mailed; other types have no entry. */
const LETTERS: Partial<Record<AccountEvent['type'], (data: AccountEvent['data']) => readonly [string, string]>> = {
  'credits.low': ({ availableCredits, thresholdCredits }) => [
    `Low balance: ${availableCredits} credits left`,
    `Your balance is ${availableCredits} credits, below your alert's threshold of ${thresholdCredits} credits. ` +
      'Buy credits to keep paid requests working.',
  ],
  'credits.depleted': () => [
    'Your credits are used up',
    'There are no credits left, so paid requests are refused until you buy more.',
  ],
  'credits.expiring': ({ expiringCredits, expiresAt }) => [
    `${expiringCredits} credits expire soon`,
    `${expiringCredits} of your credits expire at ${expiresAt}. Use them before then, or they are lost.`,
  ],
  'auto_topup.failed': ({ message }) => [
    'Automatic top-up has failed',
    `Automatic top-up is paused: ${message} Check your card, then switch automatic top-up on again.`,
  ],
  'api_key.near_limit': ({ apiKeyId, window, limitCredits, usedCredits, resetsAt }) => [
    `An API key has used ${usedCredits} of its ${limitCredits} credits for this ${window}`,
    `The API key ${apiKeyId} has used ${usedCredits} of the ${limitCredits} credits that it may spend this ` +
      `${window}. At the limit, its paid requests are refused until ${resetsAt}, or until you raise the limit.`,
  ],
  'webhook.disabled': ({ url, reason }) => [
    'A webhook was disabled',
    `Events are no longer sent to ${url}, because ` +
      `${reason === 'gone' ? 'the server answered 410 (Gone)' : 'every attempt has failed for days'}. ` +
      'Repair the server, then enable the webhook again.',
  ],
};

/** Returns true when the event's type is mailed and the account's rule asks for that mail. */
export function isMailed({ type }: Pick<AccountEvent, 'type'>, rule: AlertRule | null): boolean {
  const { email: wantsMail, autoTopUpFailed } = rule ?? DEFAULT_RULE;
  return LETTERS[type] !== undefined && wantsMail && (type !== 'auto_topup.failed' || autoTopUpFailed);
}

/** Returns the mail about an event; null when its type isn't mailed, the rule excludes it, or there is no address. */
export function mailOf(event: AccountEvent, rule: AlertRule | null, email: string | null): Mail | null {
  const letter = LETTERS[event.type]?.(event.data);
  if (!letter || email === null || !isMailed(event, rule)) return null;
  const [subject, text] = letter;
  return { to: [email], message: { subject, text, html: `<p>${escapeHtml(text)}</p>` } };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
