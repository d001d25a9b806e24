import { type Reply, send } from './apiClient.ts';
import { UPSTREAM_URL } from './suite.ts';

/** Makes requests to the local upstream fail, as its README says. */
export async function upstreamFault(fault: Record<string, unknown>): Promise<void> {
  (await control('POST', '/_local/faults', fault)).expect(200);
}

/** Nothing fails on purpose any more: to be called after each test that changed that. */
export async function resetUpstream(): Promise<void> {
  await upstreamFault({ clear: true });
}

/** A delivery as the upstream keeps it, with how often it was asked for and how often it was made; undefined for none. */
export async function atUpstream(
  deliveryId: string,
): Promise<{ status: string; requests: number; effects: number; livemode: boolean } | undefined> {
  const { deliveries } = (await control('GET', '/_local/deliveries')).expect(200).json;
  return deliveries.find(({ id }: { id: string }) => id === deliveryId);
}

/** Ends a delivery that the upstream has accepted for later. */
export async function completeAtUpstream(deliveryId: string): Promise<void> {
  (await control('POST', `/_local/deliveries/${deliveryId}/complete`)).expect(200);
}

function control(method: string, path: string, body?: Record<string, unknown>): Promise<Reply> {
  return send(method, path, body ? { body } : {}, UPSTREAM_URL);
}
