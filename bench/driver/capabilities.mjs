/** What the driver tells a server it can do: much what a current editor says. */

const fixed = { dynamicRegistration: false };

/** @param {boolean} pull whether to offer pulled diagnostics, beside the pushed ones */
export function clientCapabilities(pull) {
  return {
    general: { positionEncodings: ['utf-16'] },
    workspace: {
      configuration: true,
      workspaceFolders: true,
      applyEdit: true,
      didChangeConfiguration: { dynamicRegistration: true },
      didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
      ...(pull ? { diagnostics: { refreshSupport: true } } : {}),
      semanticTokens: { refreshSupport: true },
      codeLens: { refreshSupport: true },
      inlayHint: { refreshSupport: true },
      workspaceEdit: { documentChanges: true },
    },
    textDocument: {
      synchronization: { ...fixed, didSave: true },
      publishDiagnostics: {
        versionSupport: true,
        relatedInformation: true,
        codeDescriptionSupport: true,
        dataSupport: true,
      },
      ...(pull ? { diagnostic: { dynamicRegistration: true, relatedDocumentSupport: true } } : {}),
      hover: { ...fixed, contentFormat: ['markdown', 'plaintext'] },
      definition: { ...fixed, linkSupport: true },
      references: fixed,
      documentHighlight: fixed,
      completion: {
        ...fixed,
        completionItem: {
          snippetSupport: true,
          documentationFormat: ['markdown'],
          resolveSupport: { properties: ['documentation', 'detail', 'additionalTextEdits'] },
        },
        contextSupport: true,
      },
      documentSymbol: { ...fixed, hierarchicalDocumentSymbolSupport: true },
      foldingRange: fixed,
      selectionRange: fixed,
      documentLink: fixed,
      inlayHint: fixed,
      codeLens: fixed,
      rename: { ...fixed, prepareSupport: true },
      codeAction: {
        ...fixed,
        codeActionLiteralSupport: {
          codeActionKind: { valueSet: ['quickfix', 'refactor', 'source', 'source.fixAll'] },
        },
      },
      semanticTokens: {
        ...fixed,
        requests: { range: true, full: { delta: true } },
        formats: ['relative'],
        tokenTypes: ['namespace', 'type', 'variable', 'property', 'function', 'keyword', 'comment', 'string'],
        tokenModifiers: ['declaration', 'definition', 'readonly'],
      },
    },
    window: {
      workDoneProgress: true,
      showMessage: { messageActionItem: { additionalPropertiesSupport: true } },
      showDocument: { support: false },
    },
  };
}
