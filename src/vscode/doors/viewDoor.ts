import * as vscode from 'vscode';
import { window } from '../ui/window';

/**
 * A view that is there from the start. What fills it is loaded when VS Code first asks for its rows,
 * which it does when the view is first seen.
 */
export class ViewDoor<T> implements vscode.TreeDataProvider<T>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<T | T[] | undefined | null | void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<T>;
  private provider: vscode.TreeDataProvider<T> | undefined;

  /** @param load makes somebody call `lead` */
  constructor(
    readonly id: string,
    private readonly load: () => Promise<unknown>,
  ) {
    this.view = window.createTreeView(id, this, { canSelectMany: true });
  }

  /** Rows come from this one from now on. Returns the view, which stays this object's own. */
  lead(provider: vscode.TreeDataProvider<T>): vscode.TreeView<T> {
    this.provider = provider;
    provider.onDidChangeTreeData?.((node) => this.changed.fire(node));
    return this.view;
  }

  async getChildren(node?: T): Promise<T[]> {
    if (this.provider === undefined) await this.load();
    return (await this.provider?.getChildren(node)) ?? [];
  }

  async getTreeItem(node: T): Promise<vscode.TreeItem> {
    return (await this.provider?.getTreeItem(node)) ?? new vscode.TreeItem('');
  }

  getParent(node: T): vscode.ProviderResult<T> {
    return this.provider?.getParent?.(node);
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
}
