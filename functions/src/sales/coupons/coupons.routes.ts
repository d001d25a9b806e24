import * as z from 'zod';
import { operatorRequest } from '../../access/auditLog/auditLog.ts';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { data, list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf, pageQuery } from '../../platform/http/schemas.ts';
import {
  couponSchema,
  createCouponSchema,
  redeemSchema,
  redemptionSchema,
  renderCoupon,
  renderRedemption,
} from './coupons.schemas.ts';
import { createCoupon } from './createCoupon.ts';
import { disableCoupon } from './disableCoupon.ts';
import type { CouponsNeeds } from './needs.ts';
import { redeemCoupon } from './redeemCoupon.ts';

const tag = 'Admin';
const access = { to: 'admin' } as const;
const providerErrors = ['PAYMENT_PROVIDER_REFUSED', 'PAYMENT_PROVIDER_UNAVAILABLE'] as const;

export const couponRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/coupons/redeem',
    tag: 'Coupons',
    summary: 'Redeem a coupon for bonus credits',
    access: { to: 'account' },
    body: redeemSchema,
    response: dataOf(redemptionSchema),
    status: 201,
    errors: [
      'COUPON_NOT_FOUND',
      'COUPON_EXPIRED',
      'COUPON_USED_UP',
      'COUPON_ALREADY_USED',
      'COUPON_NOT_APPLICABLE',
      'IDEMPOTENCY_KEY_REUSED',
    ],
    handle: async (deps: CouponsNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const redeemed = await redeemCoupon(deps, caller, body, { key: idempotencyKey, requestHash });
      return data(renderRedemption(redeemed), redeemed.replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/admin/coupons',
    tag,
    summary: 'Create a coupon for credits or a discount',
    access,
    body: createCouponSchema,
    response: dataOf(couponSchema),
    status: 201,
    errors: ['COUPON_EXISTS', 'IDEMPOTENCY_KEY_REUSED', ...providerErrors],
    handle: async (deps: CouponsNeeds, request) => {
      const { body, idempotencyKey: key, requestHash } = request;
      const operator = operatorRequest(request, 'coupon.create');
      const { coupon, replayed } = await createCoupon(deps, operator, body, { key, requestHash });
      return data(renderCoupon(coupon, deps.clock()), replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/coupons',
    tag,
    summary: 'List coupons, newest first',
    access,
    query: z.strictObject(pageQuery),
    response: listOf(couponSchema),
    handle: async (deps: CouponsNeeds, { query }) => {
      const { limit = DEFAULT_PAGE_SIZE, cursor } = query;
      const coupons = await deps.coupons.list(limit + 1, parseCursor(cursor, timePosition));
      const page = toPage(coupons, limit, timePositionOf);
      const now = deps.clock();
      return list({ ...page, items: page.items.map((coupon) => renderCoupon(coupon, now)) });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/admin/coupons/:id/disable',
    tag,
    summary: 'Disable a coupon for good',
    access,
    params: idParams,
    response: dataOf(couponSchema),
    errors: ['COUPON_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED', ...providerErrors],
    handle: async (deps: CouponsNeeds, request) => {
      const operator = operatorRequest(request, 'coupon.disable');
      const { coupon, replayed } = await disableCoupon(deps, operator, request.params.id);
      return data(renderCoupon(coupon, deps.clock()), replayed);
    },
  }),
];
