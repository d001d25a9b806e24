import type { SuitePorts } from './ports.ts';
import { type StandInOptions, startStandIn } from './standIn.ts';

/** Secret that the suite's functions sign their deliveries with. */
export const localUpstreamSecret = 'dus_local_cloud_bridge';

/** Starts the local stand-in for the service that makes deliveries, and waits until it listens. */
export function startLocalUpstream(options: StandInOptions, ports: SuitePorts): Promise<void> {
  return startStandIn(options, {
    name: 'upstream',
    title: 'The local upstream',
    listener: ports.upstream,
    env: { LOCAL_UPSTREAM_PORT: String(ports.upstream.port), LOCAL_UPSTREAM_SECRET: localUpstreamSecret },
  });
}
