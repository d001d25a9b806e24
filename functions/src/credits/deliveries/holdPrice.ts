import { addSeconds, derivedId, hasLapsed, type IsoTime } from '@cloud-bridge/base';
import { type HoldEntry, type KeyCaps, submitWithLapsedHolds } from '@cloud-bridge/ledger';
import { type Delivery, HOLD_RESERVE_SECONDS, HOLD_SECONDS } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';

type Held = Pick<Delivery, 'amountCredits' | 'chargeId' | 'holdExpiresAt'>;

/**
 * Holds the price of a delivery; a free delivery needs no hold. When repeated after a crash, finds the existing hold,
 * and makes a new hold only if the existing hold has ended, or nearly so, without a delivery. Returns null when a
 * concurrent request has made the delivery.
 * @throws INSUFFICIENT_CREDITS, KEY_CREDIT_LIMIT_EXCEEDED, WALLET_CLOSED, TOO_MANY_CAPPED_KEYS
 */
export async function holdPrice(
  deps: DeliveriesNeeds,
  draft: Delivery,
  keyCaps: KeyCaps | undefined,
): Promise<Held | null> {
  if (draft.amountCredits === 0) return { amountCredits: 0, chargeId: null, holdExpiresAt: null };
  const { id, accountId, walletId, operation, amountCredits, requestHash, commandId, createdAt: now } = draft;
  for (let round = 0; ; round += 1) {
    const { entry, replayed } = await submitWithLapsedHolds(
      deps,
      { accountId, walletId },
      {
        type: 'charge',
        entryId: derivedId('txn', 'delivery', id, String(round)),
        commandId,
        requestHash,
        now,
        apiKeyId: draft.apiKeyId ?? undefined,
        keyCaps,
        integrationId: draft.integrationId ?? undefined,
        deliveryId: id,
        operation,
        quantity: 1,
        amountCredits,
        // Without the recipient, because an erasure of personal data keeps the ledger.
        description: operation,
        metadata: {},
        hold: { expiresAt: addSeconds(now, HOLD_SECONDS) },
      },
    );
    if (!replayed || isOfUse(entry, now)) {
      const { charge, id: chargeId } = entry;
      return { amountCredits: charge.amountCredits, chargeId, holdExpiresAt: charge.holdExpiresAt };
    }
    // Only a delivery captures or releases the hold, and the delivery is stored before that.
    if (await deps.deliveries.find(accountId, id)) return null;
  }
}

function isOfUse({ charge }: HoldEntry, now: IsoTime): boolean {
  return charge.status === 'held' && !hasLapsed(charge.holdExpiresAt, addSeconds(now, HOLD_RESERVE_SECONDS));
}
