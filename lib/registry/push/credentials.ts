/** What a person has logged in to a registry with. An identity token stands for them without a password. */
export type Credentials = { username: string; password: string } | { identityToken: string };

/** Finds the credentials for a registry host, as it stands in image references. */
export type FindCredentials = (host: string) => Promise<Credentials | undefined>;
