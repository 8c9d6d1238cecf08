import type { WorkUnit } from './workUnit';

/** How much the times of an earlier run weigh against what is observed, as a share of all work. */
const REMEMBERED_PRIOR_SHARE = 0.3;
/** Share of a kind's work, and of all work, from which on its own observations count by half. */
const OWN_SHARE = 0.05;
const FIRST_OWN_SHARE = 0.01;
const LEAST_SHARE = 0.005;
/** Share of the bytes to go over the connection from which on they tell half of how fast it is. */
const LINK_SHARE = 0.02;
/** How many kinds of work the plan weighs as much as, where the speed of the machine is judged. */
const PLAN_WEIGHT = 2;
/** No machine is so many times as slow as the plan says: beyond, something else is the reason. */
const SLOWEST_MACHINE = Math.log(3);
/** Work that carries bytes and takes so many times as long tells half as much of the machine. */
const LINK_RATIO = Math.log(5);

/** What another job saw of a kind counts so much until this one sees it: its rows were others. */
const EARLIER_SHARE = 0.7;
/** The link that another job saw, in kinds of work that this one has seen. */
const EARLIER_LINK_WEIGHT = 0.3;
/** Work that took less tells nothing to another job; what was planned to take this counts by half. */
const LEAST_SEEN_SECONDS = 0.2;
const HALF_SEEN_SECONDS = 0.5;
/** Bytes. Work that carried fewer tells another job nothing of the link: what it took has other reasons. */
const LEAST_CARRIED = 1e6;

/** What was observed of work that shares a speed, in seconds. */
export interface Observed {
  took: number;
  /** Planned for what was observed. */
  expected: number;
  /** Planned for all of it. */
  all: number;
  /** Bytes that went over the connection for what was observed, and that will for all of it. */
  carried: number;
  allCarried: number;
}

/** How long work of one kind takes. */
export interface Speed {
  /** How many times as long as planned. */
  factor: number;
  /** Seconds that each byte takes on its way to the server or from it, beside that. */
  perByte: number;
  /** 0 to 1: how much of this was seen, of work of the kind itself, now or by an earlier job. */
  trust: number;
}

/** The speeds of all kinds of work. */
export interface Speeds {
  /** Of kinds that nothing was observed of. */
  others: Speed;
  byKind: ReadonlyMap<string, Speed>;
}

/**
 * Which observations tell how fast a unit is: statements before the data are not like later ones, nor
 * is an index of one method like that of another.
 */
export function speedOf({ plan: { kind, stage, method } }: WorkUnit): string {
  return method === undefined ? `${kind} ${stage}` : `${kind} ${stage} ${method}`;
}

/** Seconds that all of a unit takes at these speeds. */
export function expectedSeconds(unit: WorkUnit, { byKind, others }: Speeds): number {
  const { factor, perByte } = byKind.get(speedOf(unit)) ?? others;
  return unit.seconds * factor + unit.carried * perByte;
}

/**
 * Which work tells how fast the machine is? What small statements take depends on the network, and
 * the end of a job on how full the disk's queue is.
 */
function isOfMachine(speed: string): boolean {
  return !/^(?:connect|definition|finish) /.test(speed);
}

/** What earlier jobs on the same server showed. */
export interface EarlierSpeeds {
  /** How many times as long as planned the machine took, as a logarithm. */
  machine: number;
  /** Seconds by byte on the connection, beside that; null = nothing went over it. */
  perByte: number | null;
  /** How many times as long as planned work of a kind took, as a logarithm. */
  byKind: ReadonlyMap<string, number>;
}

/** One kind of work as it was seen. */
interface Seen {
  speed: string;
  /** 0 to 1: how much was seen of it. */
  trust: number;
  /** How many times as long as planned the machine made it, as a logarithm. */
  byMachine: number;
  /** The part that other work of the kind has in common, whatever it carries. */
  own: number;
  /** Seconds by byte on the connection that explain the rest; null = it carries nothing. */
  perByte: number | null;
  /** 0 to 1: how much that tells. Small tables take time, and show nothing of a link. */
  linkTrust: number;
}

/** A kind of work as a job remembers it for the next one on this server. */
export interface SeenSpeed {
  speed: string;
  /** Planned for what was seen. */
  seconds: number;
  /** How many times as long it took, without what the connection took, as a logarithm. */
  ratio: number;
  /** Seconds by byte on the connection, beside that; null = too few bytes went over it. */
  perByte: number | null;
}

/** What a job has shown of its kinds of work, as far as it took long enough to tell anything. */
export function seenSpeeds(observed: ReadonlyMap<string, Observed>, all: number): SeenSpeed[] {
  return [...observed].flatMap(([speed, sum]) => {
    const { trust, own, perByte } = seenOf(speed, sum, all);
    if (trust === 0 || sum.took < LEAST_SEEN_SECONDS) return [];
    const ofLink = sum.carried < LEAST_CARRIED ? null : perByte;
    return [{ speed, seconds: sum.expected, ratio: own, perByte: ofLink }];
  });
}

/** Sums up what earlier jobs have shown; null = nothing. */
export function earlierSpeeds(seen: readonly SeenSpeed[]): EarlierSpeeds | null {
  if (seen.length === 0) return null;
  const machine = { weight: 0, sum: 0 };
  const link = { weight: 0, sum: 0 };
  for (const { speed, seconds, ratio, perByte } of seen) {
    const weight = seconds / (seconds + HALF_SEEN_SECONDS);
    if (perByte !== null) {
      link.weight += weight;
      link.sum += weight * perByte;
    }
    if (!isOfMachine(speed)) continue;
    machine.weight += weight;
    machine.sum += weight * ofMachine(ratio);
  }
  return {
    machine: machine.sum / (machine.weight + 0.5),
    perByte: link.weight > 0 ? link.sum / link.weight : null,
    byKind: new Map(seen.map(({ speed, ratio }) => [speed, ratio])),
  };
}

/** The part of a ratio that the machine may be to blame for; both are logarithms. */
function ofMachine(ratio: number): number {
  return ratio > 0 ? SLOWEST_MACHINE * Math.tanh(ratio / SLOWEST_MACHINE) : ratio;
}

/**
 * The same of work that carries bytes: the longer it took, the more likely it is that the link is the
 * reason, and not the machine. Who waits for a link twenty times as long has a machine like any other.
 */
function ofMachineBesideLink(ratio: number): number {
  const most = ofMachine(ratio);
  return ratio > 0 ? most / (1 + (ratio / LINK_RATIO) ** 4) : most;
}

function seenOf(speed: string, sum: Observed, all: number): Seen {
  const { took, expected, carried, allCarried } = sum;
  const half = Math.max(sum.all * FIRST_OWN_SHARE, all * LEAST_SHARE);
  const trust = took > 0 && expected > 0 ? expected / (expected + half) : 0;
  const none = { speed, trust, byMachine: 0, own: 0, perByte: null, linkTrust: 0 };
  if (trust === 0) return none;
  const ratio = Math.log(took / expected);
  const byMachine = carried === 0 ? ofMachine(ratio) : ofMachineBesideLink(ratio);
  const beyond = Math.max(0, took - Math.exp(byMachine) * expected);
  if (carried === 0) return { ...none, byMachine, own: ratio };
  const linkTrust = carried / (carried + LINK_SHARE * allCarried);
  return { speed, trust, byMachine, own: byMachine, perByte: beyond / carried, linkTrust };
}

/**
 * Speeds of a first run. What one kind of work shows is the machine, the link to the server, and the
 * error of the plan for this kind. Other kinds take over a part of what may be the machine, the more
 * the more kinds agree; a slow link holds up whatever carries bytes, by its bytes, and nothing else.
 */
export function firstSpeeds(
  observed: ReadonlyMap<string, Observed>,
  all: number,
  earlier: EarlierSpeeds | null = null,
): Speeds {
  const seen = [...observed].map(([speed, sum]) => seenOf(speed, sum, all));
  let weight = PLAN_WEIGHT;
  let sum = PLAN_WEIGHT * (earlier?.machine ?? 0);
  let linkWeight = earlier === null || earlier.perByte === null ? 0 : EARLIER_LINK_WEIGHT;
  let link = linkWeight * (earlier?.perByte ?? 0);
  for (const { speed, trust, byMachine, perByte, linkTrust } of seen) {
    if (!isOfMachine(speed)) continue;
    weight += trust;
    sum += trust * byMachine;
    if (perByte === null) continue;
    linkWeight += linkTrust;
    link += linkTrust * perByte;
  }
  const machine = sum / weight;
  const perByteOfLink = linkWeight > 0 ? link / linkWeight : 0;
  const byKind = new Map(
    seen.map(({ speed, trust, own, perByte, linkTrust }) => {
      const before = earlier?.byKind.get(speed);
      const expected =
        before === undefined ? machine : EARLIER_SHARE * before + (1 - EARLIER_SHARE) * machine;
      const known = before === undefined ? trust : Math.max(trust, EARLIER_SHARE);
      const factor = Math.exp(trust * own + (1 - trust) * expected);
      const ofLink = linkTrust * (perByte ?? 0) + (1 - linkTrust) * perByteOfLink;
      return [speed, { factor, perByte: ofLink, trust: known }];
    }),
  );
  return { others: { factor: Math.exp(machine), perByte: perByteOfLink, trust: 0 }, byKind };
}

/** Speeds where the times of an earlier run are expected: all kinds are as much slower as one is. */
export function rememberedSpeeds(observed: ReadonlyMap<string, Observed>, all: number): Speeds {
  let took = 0;
  let expected = 0;
  for (const sum of observed.values()) {
    took += sum.took;
    expected += sum.expected;
  }
  const prior = all * REMEMBERED_PRIOR_SHARE;
  const factor = (took + prior) / (expected + prior);
  const byKind = new Map<string, Speed>();
  for (const [speed, sum] of observed) {
    const own = Math.max(sum.all * (REMEMBERED_PRIOR_SHARE + OWN_SHARE), all * LEAST_SHARE);
    byKind.set(speed, {
      factor: (sum.took + own * factor) / (sum.expected + own),
      perByte: 0,
      trust: 1,
    });
  }
  return { others: { factor, perByte: 0, trust: 1 }, byKind };
}
