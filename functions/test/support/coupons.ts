import { randomUUID } from 'node:crypto';
import type { Person } from './people.ts';

/** Returns a code that no coupon has yet. */
export const newCouponCode = () => `C-${randomUUID().slice(0, 18)}`.toUpperCase();

/** Creates a coupon as an administrator. Returns its code. */
export async function newCoupon(admin: Person, fields: object): Promise<string> {
  const code = newCouponCode();
  (await admin.send('POST', '/admin/coupons', { body: { code, ...fields } })).expect(201);
  return code;
}
