import { ERASED_AT_ONCE, inOneGo, untilGone } from '../../platform/accountData/erasures.ts';
import type { Keeper } from '../../platform/accountData/keeper.ts';
import { idOf, named, whole } from '../../platform/accountData/sections.ts';
import type { WebhooksNeeds } from './needs.ts';

type KeeperNeeds = Pick<WebhooksNeeds, 'webhookDeliveries' | 'webhookEndpoints' | 'webhookLines'>;

/** Exports and erases an account's endpoints and deliveries. The export leaves out the endpoints' secrets. */
export function webhooksKeeper({ webhookDeliveries, webhookEndpoints, webhookLines }: KeeperNeeds) {
  return {
    sections: {
      webhookEndpoints: async (id) => {
        const endpoints = await webhookEndpoints.list(id);
        return whole(endpoints.map(({ secrets: _secrets, ...endpoint }) => endpoint));
      },
      webhookDeliveries: async (id, limit, after) => named(await webhookDeliveries.listOf(id, limit, idOf(after))),
    },
    erasures: {
      webhookEndpoints: inOneGo(async ({ id: accountId }) => {
        for (const { id } of await webhookEndpoints.list(accountId)) await webhookEndpoints.delete(accountId, id);
      }),
      webhookDeliveries: untilGone((id) => webhookDeliveries.deletePageOf(id, ERASED_AT_ONCE)),
      webhookLines: inOneGo(({ id }) => webhookLines.delete(id)),
    },
  } satisfies Keeper;
}
