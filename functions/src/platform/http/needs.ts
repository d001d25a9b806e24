import type { Logger } from '@cloud-bridge/base';
import type { Maintenance } from '../maintenance/maintenanceSwitch.ts';

/** What an HTTP function needs to answer at all. */
export interface HttpNeeds {
  readonly logger: Logger;
  readonly maintenance: Maintenance;
}
