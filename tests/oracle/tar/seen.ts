import { createHash } from 'node:crypto';
import { LayoutError } from '../../../lib/oci/layoutError.ts';
import { createTarFeed } from '../../../lib/oci/tar/feed.ts';

/** A file of a tar, by any reader. */
export interface Seen {
  name: string;
  linkname: string;
  type: string;
  size: number;
  mode: number;
  uid: number;
  gid: number;
  /** Of the payload. */
  sha256: string;
}

/** What we read of a tar, or why it is refused. */
export function readTar(bytes: Buffer): Seen[] | LayoutError {
  const seen: Seen[] = [];
  const feed = createTarFeed(({ name, linkname, type, size, mode, uid, gid }) => {
    const file: Seen = { name, linkname, type, size, mode, uid, gid, sha256: '' };
    seen.push(file);
    return (payload) => {
      file.sha256 = createHash('sha256').update(payload).digest('hex');
    };
  });
  try {
    feed.feed(bytes);
    feed.end();
    return seen;
  } catch (error) {
    if (error instanceof LayoutError) return error;
    throw error;
  }
}
