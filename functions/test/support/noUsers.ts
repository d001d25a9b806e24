import type { Users } from '../../src/access/accounts/users.ts';

const unexpected = () => Promise.reject(new Error('nobody is asked about users here'));

/** Users for use cases that don't use them; nobody has an address. */
export const noUsers: Users = {
  delete: unexpected,
  findVerifiedEmail: async () => null,
  findOperator: unexpected,
  findStandings: unexpected,
};
