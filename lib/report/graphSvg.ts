import { Graph, layout } from '@dagrejs/dagre';
import { h, type ComponentChild } from 'preact';
import { visible } from '../fault/visible.ts';
import type { ReportGraph } from './schema.ts';

const WIDTH = 260;
const HEIGHT = 48;
/** Characters that have room in a box; the whole text is its title. */
const LABEL_MAX = 34;

interface Placed {
  x: number;
  y: number;
}

/** What is used of dagre's graph, whose own types NodeNext cannot resolve. */
interface Laid {
  setGraph(options: Record<string, unknown>): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(id: string, box: { width: number; height: number }): void;
  setEdge(from: string, to: string): void;
  graph(): { width?: number; height?: number };
  edge(edge: { v: string; w: string }): { points: Placed[] };
  node(id: string): Placed;
}
const LaidGraph = Graph as unknown as new () => Laid;
const place = layout as unknown as (graph: Laid) => void;

/** Lays out graphs, of the same shape only once: most cells of a matrix are built alike. */
export type PlaceGraph = (graph: ReportGraph) => Laid;

/** A placer for one page. */
export function graphPlacer(): PlaceGraph {
  const shapes = new Map<string, Laid>();
  return (graph) => {
    const shape = JSON.stringify([graph.nodes.map(({ id }) => id), graph.edges]);
    const laid = shapes.get(shape) ?? layOut(graph);
    shapes.set(shape, laid);
    return laid;
  };
}

function layOut(graph: ReportGraph): Laid {
  const laid = new LaidGraph();
  laid.setGraph({ rankdir: 'TB', nodesep: 16, ranksep: 28, marginx: 6, marginy: 6 });
  laid.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.nodes) laid.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const [from, to] of graph.edges) laid.setEdge(from, to);
  place(laid);
  return laid;
}

/** The ops of a build as a picture, laid out from sources down to the result. `label` names it to who cannot see it. */
export function graphSvg(graph: ReportGraph, label: string, placeGraph: PlaceGraph): ComponentChild {
  const laid = placeGraph(graph);
  const { width = WIDTH, height = HEIGHT } = laid.graph();
  const box = { width: Math.ceil(width), height: Math.ceil(height) };
  return h(
    'svg',
    { ...box, viewBox: `0 0 ${box.width} ${box.height}`, role: 'img', 'aria-label': label },
    ...graph.edges.map(([from, to]) => {
      const { points } = laid.edge({ v: from, w: to });
      const path = points.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`).join('L');
      return h('path', { class: 'edge', d: `M${path}` });
    }),
    ...graph.nodes.map(({ id, kind, label: text, platform, foreign }) => {
      const { x, y } = laid.node(id);
      const left = Math.round(x - WIDTH / 2);
      const top = Math.round(y - HEIGHT / 2);
      const whole = visible(text);
      const shown = whole.replace(/\s+/g, ' ');
      return h(
        'g',
        { class: foreign ? 'op foreign' : 'op' },
        h('title', null, whole),
        h('rect', { x: left, y: top, width: WIDTH, height: HEIGHT, rx: 4 }),
        h(
          'text',
          { x: left + 8, y: top + 19 },
          `${kind} · ${visible(platform)}${foreign ? ' (foreign)' : ''}`,
        ),
        h(
          'text',
          { x: left + 8, y: top + 37, class: 'label' },
          shown.length > LABEL_MAX ? `${shown.slice(0, LABEL_MAX)}…` : shown,
        ),
      );
    }),
  );
}
