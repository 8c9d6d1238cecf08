import * as vscode from 'vscode';
import { messageText } from '../../protocol/messageText';
import {
  RpcServer,
  type Channel,
  type Decoders,
  type EventMap,
  type Handlers,
  type RequestMap,
} from '../../protocol/rpc';
import { describeError } from '../text/errorText';
import { pageHtml, pageRoots } from './html';
import type { PageName } from './pageDocument';
import { window } from '../ui/window';

/** A webview panel with a page in it and the host's end of the conversation. */
export abstract class WebviewPage<R extends RequestMap<R>, E extends EventMap<E>>
  implements vscode.Disposable
{
  private readonly disposables: vscode.Disposable[] = [];
  private readonly disposed = new vscode.EventEmitter<void>();
  readonly onDidDispose = this.disposed.event;
  private rpc: RpcServer<R, E> | undefined;

  protected readonly panel: vscode.WebviewPanel;

  protected constructor(panel: vscode.WebviewPanel) {
    this.panel = window.guardPanel(panel);
    this.disposables.push(
      panel.onDidDispose(() => this.dispose()),
      this.disposed,
    );
  }

  reveal(): void {
    this.panel.reveal();
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  dispose(): void {
    if (this.rpc === undefined) return;
    this.rpc.dispose();
    this.rpc = undefined;
    this.disposed.fire();
    for (const disposable of this.disposables.splice(0)) disposable.dispose();
    this.panel.dispose();
  }

  /** Loads the page and begins to answer it. Called once, at the end of the constructor. */
  protected open(
    extensionUri: vscode.Uri,
    page: PageName,
    handlers: Handlers<R>,
    decoders: Decoders<R>,
  ): void {
    const { webview } = this.panel;
    webview.options = {
      enableScripts: true,
      enableForms: false,
      enableCommandUris: false,
      localResourceRoots: pageRoots(extensionUri),
    };
    const channel: Channel = {
      post: (message) => void webview.postMessage(messageText(message)),
      listen: (receive) => {
        const subscription = webview.onDidReceiveMessage(receive);
        return () => void subscription.dispose();
      },
    };
    this.rpc = new RpcServer<R, E>(channel, handlers, decoders, (error) => ({
      code: 'failed',
      message: describeError(error).message,
    }));
    webview.html = pageHtml(webview, extensionUri, page, this.panel.title);
  }

  /** A message to a hidden page is lost, so every event is a complete snapshot. */
  protected emit<K extends keyof E & string>(event: K, payload: E[K]): void {
    this.rpc?.emit(event, payload);
  }

  protected register(...disposables: vscode.Disposable[]): void {
    this.disposables.push(...disposables);
  }
}

/** A new, empty panel with the tab's icon. */
export function createPanel(
  extensionUri: vscode.Uri,
  viewType: string,
  title: string,
): vscode.WebviewPanel {
  const panel = window.createWebviewPanel(viewType, title);
  setPanelIcon(panel, extensionUri);
  return panel;
}

/** `alarming`: in a colour of its own, for what is about production. */
export function setPanelIcon(
  panel: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  alarming = false,
): void {
  const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', name);
  panel.iconPath = alarming
    ? icon('tab-production.svg')
    : { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') };
}
