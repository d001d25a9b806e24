import { credentialNotAllowed } from '../http/http.errors.ts';
import { AppError } from '../shared/appError.ts';

export function managementKeyNeedsOwner(): AppError {
  return credentialNotAllowed('Management keys can be created, changed and revoked only by a signed-in person.');
}

export function keyRevoked(): AppError {
  return new AppError(409, 'API_KEY_REVOKED', 'The key is revoked; make a new one instead.');
}
