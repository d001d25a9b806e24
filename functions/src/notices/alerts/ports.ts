/** The address that a user has proved to be theirs; null for none. */
export interface VerifiedEmails {
  findVerifiedEmail(userId: string): Promise<string | null>;
}
