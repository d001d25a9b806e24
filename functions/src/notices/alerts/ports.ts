/** Finds the email address that a user has verified; null when there is none. */
export interface VerifiedEmails {
  findVerifiedEmail(userId: string): Promise<string | null>;
}
