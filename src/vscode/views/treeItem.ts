import * as vscode from 'vscode';
import type { ViewItem } from './viewItem';

/** A row as VS Code takes it. */
export function treeItem(item: ViewItem, command?: vscode.Command): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const below = item.children === 'expanded' ? Expanded : item.children ? Collapsed : None;
  const tree = new vscode.TreeItem(item.label, below);
  tree.id = item.id;
  tree.description = item.description;
  tree.tooltip = item.tooltip.join('\n');
  tree.iconPath = new vscode.ThemeIcon(
    item.icon.id,
    item.icon.color === undefined ? undefined : new vscode.ThemeColor(item.icon.color),
  );
  tree.contextValue = item.contextValue;
  tree.accessibilityInformation = { label: item.screenReaderText };
  if (command !== undefined) tree.command = command;
  return tree;
}
