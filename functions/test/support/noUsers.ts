import type { Users } from '../../src/access/accounts/users.ts';

const unexpected = () => Promise.reject(new Error('nobody is asked about users here'));

/** For use cases that leave users alone; nobody has an address there. */
export const noUsers: Users = {
  delete: unexpected,
  findVerifiedEmail: async () => null,
  findOperator: unexpected,
  findStandings: unexpected,
};
