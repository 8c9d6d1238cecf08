import { readBytes, type ByteSource } from '../bytes/byteSource';
import type { TarMember } from '../file/tarMembers';
import { walkTar } from '../file/tarMembers';
import type { Toc } from '../toc/toc';
import { endOfData } from './dataEnds';
import { listedLargeObjects } from './largeObjectList';
import { holdsAll, LargeObjectSum, largeObjectsOfToc } from './largeObjectSum';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';

/** Names of the members that can hold an entry's data; large objects are in a list, `blobs….toc`. */
export function tarMemberNames(toc: Toc, index: number): string[] {
  // For large objects the table of contents of a tar archive has a name that is not the member's.
  if (toc.desc(index) === 'BLOBS') return [`blobs_${toc.dumpId(index)}.toc`, 'blobs.toc'];
  return [toc.fileName(index) ?? `${toc.dumpId(index)}.dat`];
}

/** Checks the members of one tar archive. */
class TarCheck {
  readonly problems = new ProblemList();
  readonly dataSizes = new Map<number, number>();
  private readonly held = new LargeObjectSum();
  private readonly members: ReadonlyMap<string, TarMember>;

  constructor(
    private readonly source: ByteSource,
    private readonly toc: Toc,
    members: readonly TarMember[],
    private readonly signal: AbortSignal | undefined,
  ) {
    this.members = new Map(members.map((member) => [member.name, member]));
  }

  async run(): Promise<void> {
    const { toc, problems, dataSizes } = this;
    let largeObjects = false;
    for (const i of toc.withData()) {
      const dumpId = toc.dumpId(i);
      const names = tarMemberNames(toc, i);
      const member = await this.check(names, dumpId, endOfData(toc, i));
      if (member === null) continue;
      const isList = toc.desc(i) === 'BLOBS';
      dataSizes.set(dumpId, isList ? await this.checkList(member, dumpId) : member.size);
      largeObjects ||= isList;
    }
    if (
      largeObjects &&
      holdsAll(await largeObjectsOfToc(toc, { source: this.source }), this.held) === false
    ) {
      problems.add('missingData', 'large objects');
    }
  }

  /** Checks the first of these members that exists. */
  private async check(
    names: readonly string[],
    dumpId: number,
    end: Buffer | null,
  ): Promise<TarMember | null> {
    const { source, problems } = this;
    const member = names.map((name) => this.members.get(name)).find((found) => found !== undefined);
    if (member === undefined) {
      problems.add('missingData', names[0] ?? '', dumpId);
      return null;
    }
    const behind = member.offset + member.size;
    if (behind > source.size) {
      problems.add('truncatedData', member.name, dumpId, source.size);
      return { ...member, size: Math.max(0, source.size - member.offset) };
    }
    if (end !== null) {
      const size = Math.min(end.length, member.size);
      const tail = await readBytes(source, behind - size, size);
      if (!tail.equals(end)) problems.add('truncatedData', member.name, dumpId, behind);
    }
    return member;
  }

  /** Sum of the sizes of the large objects in a list. */
  private async checkList({ name, offset, size }: TarMember, dumpId: number): Promise<number> {
    let bytes = 0;
    const listed = listedLargeObjects(this.source, offset, offset + size, this.signal);
    for await (const each of listed) {
      this.held.add(each.oid);
      if (each.name === '') this.problems.add('damaged', name, dumpId);
      else bytes += (await this.check([each.name], dumpId, null))?.size ?? 0;
    }
    return bytes;
  }
}

/**
 * Checks that a tar archive has all members that it lists, each complete and with its end mark, and
 * that the archive itself is complete.
 */
export async function checkTarMembers(
  source: ByteSource,
  toc: Toc,
  options: CheckOptions,
): Promise<StructureReport> {
  const walk = await walkTar(source, { signal: options.signal });
  const check = new TarCheck(source, toc, walk.members, options.signal);
  await check.run();
  const { problems, dataSizes } = check;
  if (new Set(walk.members.map(({ name }) => name)).size < walk.members.length) {
    problems.add('damaged', 'members of the same name');
  }
  if (walk.problem !== null) {
    problems.add('noEnd', walk.problem.reading, null, walk.problem.offset);
  } else if (walk.members.at(-1)?.name !== 'restore.sql') {
    problems.add('noEnd', 'restore.sql');
  }
  const { items, count, cut } = problems;
  return { problems: items, complete: count === 0, dataSizes, cut };
}
