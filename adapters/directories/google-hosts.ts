/** Google's addresses; tests have their own. */
export interface GoogleHosts {
  readonly authorize: string;
  readonly token: string;
  /** Of the Admin SDK. */
  readonly directory: string;
}

export const googleHosts: GoogleHosts = {
  authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  directory: 'https://admin.googleapis.com/admin/directory/v1',
};

/** The vendor's own OAuth client at Google, by which admins of its customers consent. */
export interface GoogleClient {
  readonly id: string;
  readonly secret: string;
}
