import { idTokenVerifier } from './verifyIdToken.ts';

const TOKEN = 'header.payload.signature';

/** Returns a verifier that refuses every token with this error, and the lines that it logs. */
function refusing(error: unknown) {
  const logged: unknown[] = [];
  const logger = { info: (...line: unknown[]) => void logged.push(line), warn() {}, error() {} };
  return { verify: idTokenVerifier({ verifyIdToken: () => Promise.reject(error) }, logger), logged };
}
const firebaseError = (code: string, message: string) => Object.assign(new Error(message), { code });

it('logs why a token was refused, without the token', async () => {
  const { verify, logged } = refusing(firebaseError('auth/argument-error', `${TOKEN} has an invalid signature`));
  await expect(verify(TOKEN)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' });
  expect(logged).toEqual([['ID token refused', { code: 'auth/argument-error', reason: '… has an invalid signature' }]]);
});

it('answers an expired token and an outage with codes of their own', async () => {
  const expired = refusing(firebaseError('auth/id-token-expired', 'It has expired.'));
  await expect(expired.verify(TOKEN)).rejects.toMatchObject({ code: 'CREDENTIAL_EXPIRED' });
  const outage = refusing(firebaseError('auth/argument-error', 'Error fetching public keys for Google certs'));
  await expect(outage.verify(TOKEN)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
});
