import type { BaseErrorCode } from '@cloud-bridge/base';
import type { LedgerErrorCode } from '@cloud-bridge/ledger';

interface ErrorEntry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** One sentence that says what happened and, where helpful, what to do. */
  readonly title: string;
  /** The status if the error concerns the request's credential. */
  readonly statusOfCredential?: 401;
}

type Covers<C extends string> = Readonly<Record<C, ErrorEntry>>;

/**
 * All values of `error.code` in responses, sorted, with status and title. Errors, the lists of errors of routes, the
 * OpenAPI document and `docs/reference/errors.md` derive from this registry. Its type ensures that every code of the
 * packages is here.
 */
export const ERRORS = {
  ACCOUNT_DELETED: {
    status: 409,
    statusOfCredential: 401,
    title: 'The account was deleted: its owner can no longer sign in (401), and it cannot be changed (409).',
  },
  ACCOUNT_FROZEN: { status: 403, title: 'The account is frozen: it can be read, but cannot spend or buy.' },
  ACCOUNT_IN_USE: {
    status: 409,
    title: 'The account has subscriptions, holds or open payments; end them before you delete the account.',
  },
  ACCOUNT_MISMATCH: { status: 403, title: "The body names an account other than the caller's." },
  ACCOUNT_NOT_FOUND: { status: 404, title: 'There is no account with this id.' },
  ADDRESS_NOT_ALLOWED: { status: 403, title: 'The API key is not accepted from the address of the caller.' },
  ADMIN_REQUIRED: { status: 403, title: 'Only an operator, a user with the claim admin, may do this.' },
  ALREADY_CHECKED_IN: { status: 409, title: "The account has already received today's check-in bonus." },
  AMOUNT_MISMATCH: {
    status: 422,
    title: 'The transaction transferred an amount of USDC other than the claimed amount.',
  },
  AMOUNT_TOO_SMALL: { status: 400, title: 'The amount is below the minimum top-up in its currency.' },
  API_KEY_EXPIRED: { status: 409, title: 'The API key has expired; set a later expiresAt, or create a new key.' },
  API_KEY_NOT_FOUND: { status: 404, title: 'The account has no API key with this id.' },
  API_KEY_REVOKED: { status: 409, title: 'The API key is revoked; create a new key instead.' },
  CATALOG_CHANGED: { status: 409, title: 'The catalog has changed since it was read; read it again first.' },
  CATALOG_VERSION_NOT_FOUND: { status: 404, title: 'The catalog has no version with this number.' },
  CATALOG_WOULD_REMOVE: {
    status: 409,
    title: 'The change would remove parts of the catalog that the request does not name in `removes`.',
  },
  CHARGE_NOT_FOUND: { status: 404, title: 'The caller can see no charge or hold with this id in the wallet.' },
  CHARGE_NOT_HELD: { status: 409, title: 'The hold was already captured or released, or its deadline has passed.' },
  CHARGE_OF_DELIVERY: { status: 409, title: 'The hold belongs to a delivery, whose outcome settles the hold.' },
  CHECKIN_NEEDS_PURCHASE: { status: 403, title: 'Only accounts with a purchase get a check-in bonus.' },
  CHECKIN_NEEDS_VERIFIED_EMAIL: {
    status: 403,
    title: 'Only users with a verified email address get a check-in bonus.',
  },
  COUPON_ALREADY_USED: { status: 409, title: 'The account has reached the limit of uses of the coupon per account.' },
  COUPON_EXISTS: { status: 409, title: 'A coupon with this code already exists.' },
  COUPON_EXPIRED: { status: 409, title: 'The coupon has expired.' },
  COUPON_NOT_APPLICABLE: { status: 409, title: 'The coupon does not apply to this purchase.' },
  COUPON_NOT_FOUND: { status: 404, title: 'There is no coupon with this code, or it was disabled.' },
  COUPON_USED_UP: { status: 409, title: 'The coupon has reached its limit of uses by all accounts.' },
  CREDENTIAL_AMBIGUOUS: {
    status: 401,
    title: 'The request has both x-api-key and Authorization; send only one of them.',
  },
  CREDENTIAL_EXPIRED: { status: 401, title: 'The API key or ID token has expired; sign in again or use a new key.' },
  CREDENTIAL_INVALID: { status: 401, title: 'The API key or ID token is not valid.' },
  CREDENTIAL_MISSING: { status: 401, title: 'The request has neither an API key nor an ID token.' },
  CREDENTIAL_NOT_ALLOWED: { status: 403, title: 'The request needs another kind of credential.' },
  CREDENTIAL_REVOKED: { status: 401, title: 'The API key or ID token was revoked.' },
  CREDITS_LEFT: {
    status: 409,
    title: 'The account still has credits; spend them, or delete the account with forfeitCredits: true.',
  },
  CREEM_CUSTOMER_MISSING: {
    status: 409,
    title: 'The account has not paid through Creem yet, so Creem has no customer portal for it.',
  },
  CREEM_NOT_CONFIGURED: { status: 409, title: 'This deployment does not accept payments through Creem.' },
  CREEM_PRODUCT_MISMATCH: { status: 409, title: 'The product at Creem differs from the pack or plan in the catalog.' },
  CREEM_PRODUCT_MISSING: {
    status: 409,
    title: 'The catalog names no product at Creem for this pack or plan; pay another way.',
  },
  CURRENCY_NOT_COMBINABLE: {
    status: 409,
    title: 'The account has a subscription in another currency; further subscriptions must use the same currency.',
  },
  DELIVERIES_NOT_CONFIGURED: { status: 409, title: 'This deployment has no delivery service.' },
  DELIVERY_FAILED: { status: 502, title: 'The delivery service could not make the delivery; no credits were spent.' },
  DELIVERY_IN_PROGRESS: { status: 409, title: 'The first request with this Idempotency-Key is still running.' },
  DELIVERY_NOT_FOUND: { status: 404, title: 'The caller can see no delivery with this id.' },
  DELIVERY_REFUSED: { status: 422, title: 'The delivery service refused the delivery; no credits were spent.' },
  DELIVERY_TIMED_OUT: {
    status: 504,
    title: 'The delivery service did not make the delivery in time; no credits were spent.',
  },
  DELIVERY_UNCONFIRMED: {
    status: 504,
    title: 'The delivery service has not confirmed the delivery yet; its price stays held until then.',
  },
  EMAIL_NOT_VERIFIED: {
    status: 409,
    title: "Creem's portal opens only for accounts that paid at Creem with their verified email address.",
  },
  EVENT_INVALID: { status: 400, title: 'The body of the webhook has a valid signature, but is not an event.' },
  EVENT_NOT_FOUND: { status: 404, title: 'There is no event with this id.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The Idempotency-Key was already used for another request.' },
  IDENTITY_UNAVAILABLE: { status: 503, title: 'Firebase Auth could not check the ID token; try again.' },
  INSUFFICIENT_CREDITS: { status: 402, title: 'The wallet has too few credits; `details` has the figures.' },
  INTEGRATION_NOT_FOUND: { status: 404, title: 'The account has no integration with this id.' },
  INTERNAL: { status: 500, title: 'The service failed; its log has the cause.' },
  INVALID_REQUEST: { status: 400, title: 'The request is not valid; `details.fields` names the wrong fields.' },
  INVOICING_NOT_APPROVED: { status: 403, title: 'No operator has approved the account for invoices.' },
  INVOICING_NOT_ELIGIBLE: { status: 409, title: 'The account has not bought enough to request invoicing.' },
  INVOICING_NOT_FOUND: { status: 404, title: 'The account has never requested invoicing.' },
  INVOICING_PAUSED: { status: 409, title: 'An invoice of the account is overdue; pay it first.' },
  KEY_CREDIT_LIMIT_EXCEEDED: {
    status: 402,
    title: "The charge exceeds the API key's cap for the day or month; `details.resetsAt` says when the cap resets.",
  },
  MAINTENANCE: { status: 503, title: 'The service is under maintenance: data can be read, but not changed.' },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON.' },
  MALFORMED_REQUEST: { status: 400, title: 'The request is not valid HTTP, or its address cannot be decoded.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The address does not accept this method; `Allow` lists the accepted methods.',
  },
  MODEL_NOT_ALLOWED: { status: 403, title: 'The API key may not be used for this model.' },
  NOTHING_HAS_LAPSED: {
    status: 409,
    title: 'No credits of the wallet have expired; only scheduled sweeps see this error.',
  },
  NOT_A_USDC_TRANSFER: { status: 422, title: 'The transaction transfers a token other than USDC.' },
  NOT_YOUR_TRANSFER: {
    status: 422,
    title: "The transaction pays to an address other than the account's deposit address.",
  },
  OPERATION_NOT_ALLOWED: { status: 403, title: 'The API key may not be used for this operation.' },
  ORDER_CLOSED: { status: 409, title: 'The order can no longer be paid; order again with a new Idempotency-Key.' },
  ORDER_NOT_CANCELABLE: {
    status: 409,
    title: 'The order is settled, is being paid, or is not paid on a checkout page.',
  },
  ORDER_NOT_CREDITED: {
    status: 503,
    title: "The payment's order has not been credited yet; send the event again.",
  },
  ORDER_NOT_FOUND: { status: 404, title: 'The caller can see no order with this id.' },
  ORDER_NOT_REBUILT: { status: 409, title: 'The order of a payment is lost and cannot be recreated.' },
  ORDER_NOT_REFUNDABLE: { status: 409, title: 'The order has no payment that could be refunded.' },
  PACK_EXISTS: { status: 409, title: 'A pack with this key already exists.' },
  PACK_NOT_FOUND: { status: 404, title: 'The catalog has no pack with this key.' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body exceeds the size limit of the address.' },
  PAYMENT_AUTHENTICATION_REQUIRED: {
    status: 402,
    title: 'The bank requires authentication by the cardholder; `details.nextAction` says how to continue.',
  },
  PAYMENT_DECLINED: { status: 402, title: 'The card was declined; pay with another card.' },
  PAYMENT_METHOD_NOT_FOUND: { status: 404, title: 'The account has no saved card with this id.' },
  PAYMENT_METHOD_REQUIRED: {
    status: 402,
    title: 'The account has no saved card; save a card, or pay on the checkout page.',
  },
  PAYMENT_MISMATCH: { status: 409, title: 'The payment does not match its order.' },
  PAYMENT_PROVIDER_MISCONFIGURED: {
    status: 502,
    title: 'An operator has to correct the settings of a payment provider.',
  },
  PAYMENT_PROVIDER_REFUSED: { status: 502, title: 'The payment provider did not accept the request.' },
  PAYMENT_PROVIDER_UNAVAILABLE: {
    status: 503,
    title: 'The payment provider is not answering; retry with the same Idempotency-Key.',
  },
  PAYMENT_UNEXPLAINED: { status: 409, title: 'A payment at Creem has no known order.' },
  PLAN_CHANGE_NOT_SUPPORTED: {
    status: 409,
    title: 'A subscription at Creem cannot change its plan; subscribe to the other plan instead.',
  },
  PLAN_EXISTS: { status: 409, title: 'A plan with this slug already exists.' },
  PLAN_NOT_FOUND: { status: 404, title: 'The catalog has no plan with this slug.' },
  PRICE_OUT_OF_RANGE: { status: 400, title: 'The quantity or usage is too large to be priced.' },
  RATE_LIMITED: { status: 429, title: 'A limit of requests per minute is used up; `details` names the limit.' },
  REDIRECT_NOT_ALLOWED: { status: 400, title: 'The address to return to after the payment is not allowed.' },
  REFUND_NOT_POSSIBLE: { status: 409, title: 'The payment provider cannot refund this payment, or not in parts.' },
  REFUND_TOO_LARGE: { status: 400, title: 'The refund is larger than the rest of the payment.' },
  REQUEST_ABORTED: { status: 400, title: 'The request ended before its whole body arrived.' },
  REQUEST_REFUSED: { status: 400, title: 'The web server refused the request, possibly with another 4xx status.' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no route with this method and path.' },
  SCOPE_MISSING: { status: 403, title: 'The API key lacks the scope that `details.scope` names.' },
  SIGNATURE_INVALID: { status: 400, title: 'The signature of the webhook does not match its body, or is too old.' },
  SIGNATURE_MISSING: { status: 400, title: 'The webhook has no signature.' },
  SUBSCRIPTION_BUSY: { status: 503, title: 'The subscription is being changed; try again.' },
  SUBSCRIPTION_DOES_NOT_RENEW: { status: 409, title: 'The subscription has a fixed term and does not renew.' },
  SUBSCRIPTION_NOT_ACTIVE: { status: 409, title: 'The subscription is not active.' },
  SUBSCRIPTION_NOT_FOUND: { status: 404, title: 'The account has no subscription with this id.' },
  TEMPORARILY_UNAVAILABLE: { status: 503, title: 'The database is not answering; try again in a moment.' },
  TOO_MANY_CAPPED_KEYS: { status: 409, title: 'The wallet cannot count further API keys with credit caps this month.' },
  TOO_MANY_OPEN_CHECKOUTS: {
    status: 409,
    title: 'The account has too many open checkouts; pay or cancel an order first.',
  },
  TOO_MANY_WEBHOOKS: {
    status: 409,
    title: 'The account has reached its limit of webhook endpoints; delete one first.',
  },
  TRANSACTION_FAILED: { status: 422, title: 'The transaction failed on the chain and transferred nothing.' },
  TRANSACTION_NOT_FOUND: { status: 404, title: 'The chain does not have this transaction, or not yet.' },
  TRANSACTION_REORGANISED: {
    status: 409,
    title: 'A reorganization removed the block of the transaction from the chain; try again later.',
  },
  TRANSACTION_UNCONFIRMED: { status: 409, title: 'The transaction has too few confirmations; try again later.' },
  TRANSFER_NOT_FOUND: { status: 422, title: 'The transaction transfers no token.' },
  UNKNOWN_CURRENCY: { status: 400, title: 'The product is not sold in this currency.' },
  UNKNOWN_MODEL: { status: 400, title: 'The catalog has no price for this model.' },
  UNKNOWN_OPERATION: { status: 400, title: 'The catalog has no price for this operation.' },
  UNKNOWN_PACK: { status: 400, title: 'The catalog sells no pack with this key.' },
  UNKNOWN_PLAN: { status: 400, title: 'The catalog sells no plan with this slug.' },
  UNKNOWN_TIER: { status: 400, title: 'The catalog has no token tier with this name.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be application/json in UTF-8, without a Content-Encoding.',
  },
  USDC_NOT_CONFIGURED: { status: 409, title: 'This deployment does not accept USDC.' },
  WALLET_BUSY: {
    status: 503,
    title: 'The wallet is busy and could not be changed; retry with the same Idempotency-Key.',
  },
  WALLET_CLOSED: { status: 409, title: 'The wallet is closed, because its subscription has ended.' },
  WALLET_FULL: { status: 409, title: 'The wallet has received the largest total of credits that can be counted.' },
  WALLET_NOT_FOUND: { status: 404, title: 'The caller can use no wallet with this id.' },
  WEBHOOK_DISABLED: { status: 409, title: 'The webhook endpoint is disabled; enable it first.' },
  WEBHOOK_NOT_FOUND: { status: 404, title: 'The account has no webhook endpoint with this id.' },
} as const satisfies Covers<string> & Covers<BaseErrorCode | LedgerErrorCode>;

export type ErrorCode = keyof typeof ERRORS;
