/** How something stands: as a run needs it, such that a run can do without, or such that no run is possible. */
export type Standing = 'good' | 'limited' | 'missing';

/** One thing that was looked at. */
export interface Finding {
  /** `node`, `builder`, `registry docker.io`. */
  topic: string;
  standing: Standing;
  text: string;
  /** What to do about it. */
  fix?: string;
}

export function good(topic: string, text: string): Finding {
  return { topic, standing: 'good', text };
}

export function limited(topic: string, text: string, fix: string): Finding {
  return { topic, standing: 'limited', text, fix };
}

export function missing(topic: string, text: string, fix: string): Finding {
  return { topic, standing: 'missing', text, fix };
}
