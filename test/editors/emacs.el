;;; Drives Emacs with eglot through the server's features as a person would, and prints what it saw as JSON.  -*- lexical-binding: t -*-
;; The configuration that starts the server is that of its page. The current directory is the fleet.

(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(require 'json)
(require 'xref)

(defconst patience 30 "Seconds.")
(defconst root default-directory)
(defvar seen nil)

(define-derived-mode nix-mode prog-mode "Nix" "In the place of the one from MELPA.")
(add-to-list 'auto-mode-alist '("\\.nix\\'" . nix-mode))
(setq eglot-sync-connect patience
      eglot-confirm-server-initiated-edits nil
      make-backup-files nil
      create-lockfiles nil
      project-find-functions (list (lambda (_) (cons 'transient root))))

(defun saw (name value) (push (cons name value) seen))

(defun await (satisfied)
  "Waits until SATISFIED holds; `:json-false' if it never does."
  (let ((end (+ (float-time) patience)) found)
    (while (not (or (setq found (funcall satisfied)) (> (float-time) end)))
      (accept-process-output nil 0.02))
    (if found t :json-false)))

;; Emacs does so when it is idle, which a batch never is.
(defun tell-changes ()
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when (bound-and-true-p eglot--managed-mode) (eglot--signal-textDocument/didChange)))))

(defun finds (buffer text)
  (tell-changes)
  (with-current-buffer buffer
    (flymake-start)
    (cl-some (lambda (one) (string-match-p (regexp-quote text) (flymake-diagnostic-text one)))
             (flymake-diagnostics))))

(defun to (text)
  "Puts the cursor behind the first character of the first TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (1+ (match-beginning 0))))

(defun at-point (method)
  (jsonrpc-request (eglot-current-server) method (eglot--TextDocumentPositionParams)))

(defun this-line () (buffer-substring-no-properties (line-beginning-position) (line-end-position)))

(defun choose-action (action)
  "As choosing ACTION from the list does; since eglot 1.10 its edit is asked for then."
  (if (fboundp 'eglot-execute)
      (eglot-execute (eglot-current-server) action)
    (eglot--apply-workspace-edit (plist-get action :edit))))

(defun run ()
  (find-file (expand-file-name "lib/machine-env-matrix.nix" root))
  (run-hooks 'post-command-hook)
  (let ((matrix (current-buffer)))
    (saw 'found (await (lambda () (and (eglot-current-server) (finds matrix "\"anthropc\"")))))

    (to "\"github-token\"")
    (saw 'hover (plist-get (plist-get (at-point :textDocument/hover) :contents) :value))
    (saw 'references
         (length (jsonrpc-request (eglot-current-server) :textDocument/references
                                  (append (eglot--TextDocumentPositionParams)
                                          '(:context (:includeDeclaration t))))))
    (saw 'completion (vconcat (all-completions "" (nth 2 (eglot-completion-at-point)))))
    (save-window-excursion
      (xref-find-definitions "LSP identifier at point.")
      (saw 'definition (buffer-file-name)))

    (switch-to-buffer matrix)
    (to "\"github-token\"")
    (eglot-rename "gh-token")
    (tell-changes)
    (to "\"gh-token\"")
    (saw 'renamed (this-line))
    (with-current-buffer (find-file-noselect (expand-file-name "lib/secret-registry.nix" root))
      (goto-char (point-min))
      (saw 'renamed_elsewhere (if (re-search-forward "^  gh-token = " nil t) t :json-false)))

    (switch-to-buffer matrix)
    (to "\"anthropc\"")
    (let ((actions (eglot-code-actions (point) (point))))
      (saw 'actions (vconcat (mapcar (lambda (one) (plist-get one :title)) actions)))
      (choose-action (elt actions 0)))
    (to "\"anthropic\" # broken")
    (saw 'fixed (this-line))
    (saw 'gone (await (lambda () (not (finds matrix "\"anthropc\"")))))

    ;; An edit of one buffer changes the findings of another.
    (switch-to-buffer (find-file-noselect (expand-file-name "lib/secret-registry.nix" root)))
    (to "anthropic = ")
    (insert "x")
    (saw 'across (await (lambda () (finds matrix "\"anthropic\""))))
    (delete-char -1)

    ;; What is stored moves along, or nothing is renamed.
    (to "\"gmail-app-password\"")
    (tell-changes)
    (saw 'stored (condition-case problem (progn (eglot-rename "gmail-password") "renamed")
                   (error (error-message-string problem))))
    (saw 'server_alive (if (jsonrpc-running-p (eglot-current-server)) t :json-false))))

(condition-case problem (run) (error (saw 'problem (error-message-string problem))))
(princ (json-encode seen))
(kill-emacs 0)
