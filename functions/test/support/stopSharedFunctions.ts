import { shared } from './sharedFunctions.ts';

export default async function stopSharedFunctions(): Promise<void> {
  await Promise.all((shared.sharedFunctions ?? []).map((framework) => framework.stop()));
}
