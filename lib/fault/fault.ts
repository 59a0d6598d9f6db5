import { visible } from './visible.ts';

/** Exit statuses of every verb, as docs/reference/exit-status.md lists them. */
export const EXIT = { verified: 0, fellShort: 1, wrongInput: 2, noBuilder: 3 } as const;

/** Where in a person's file something is wrong. Lines and columns count from 1. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** One thing that is wrong with what a person gave us, and what to do about it. */
export interface Complaint {
  /** What is wrong and what was expected, one sentence without a full stop. */
  message: string;
  place?: Place;
  /** The next thing to try. */
  next?: string;
}

/**
 * An error that a person caused or can mend. It is shown without a stack trace; `exitStatus` is what the verb ends with.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly complaints: readonly Complaint[];
  readonly exitStatus: number;

  constructor(complaints: readonly Complaint[] | Complaint, exitStatus: number) {
    const all = Array.isArray(complaints) ? (complaints as readonly Complaint[]) : [complaints as Complaint];
    super(all.map(formatComplaint).join('\n'));
    this.complaints = all;
    this.exitStatus = exitStatus;
  }
}

/** Input that cannot be used as it is: exit status 2. */
export function wrongInput(complaints: readonly Complaint[] | Complaint): Fault {
  return new Fault(complaints, EXIT.wrongInput);
}

/** No builder that can do the job: exit status 3. */
export function noBuilder(message: string, next: string): Fault {
  return new Fault({ message, next }, EXIT.noBuilder);
}

/** `file:line:column: message` with the next step on a line of its own; safe to show on a terminal. */
export function formatComplaint(complaint: Complaint): string {
  const { place, message, next } = complaint;
  const where = place
    ? [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') + ': '
    : '';
  return visible(`${where}${message}${next ? `\n  ${next}` : ''}`);
}
