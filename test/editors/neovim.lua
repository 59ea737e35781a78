-- Drives Neovim (0.7 or newer) through the server's features as a person would, and prints what it saw as JSON.
-- The command line is in VARSMITH_COMMAND as a JSON list, the current directory is the fleet.

local command = vim.fn.json_decode(vim.env.VARSMITH_COMMAND)
local PATIENCE_MS = 30000
local seen = {}

local function finish()
  io.stdout:write(vim.fn.json_encode(seen))
  vim.cmd('qall!')
end

local client_id
local function attach()
  local buffer = vim.api.nvim_get_current_buf()
  if vim.lsp.start then
    client_id = vim.lsp.start({ name = 'varsmith', cmd = command, root_dir = vim.fn.getcwd() })
    return buffer
  end
  client_id = client_id
    or vim.lsp.start_client({ name = 'varsmith', cmd = command, root_dir = vim.fn.getcwd() })
  vim.lsp.buf_attach_client(buffer, client_id)
  return buffer
end

local function open(file)
  vim.cmd('edit ' .. file)
  return attach()
end

local function messages(buffer)
  return vim.tbl_map(function(each) return each.message end, vim.diagnostic.get(buffer))
end

--- Waits until `satisfied` holds; false if it never did.
local function wait(satisfied)
  return (vim.wait(PATIENCE_MS, satisfied, 20))
end

local function has_message(buffer, text)
  for _, message in ipairs(messages(buffer)) do
    if message:find(text, 1, true) then return true end
  end
  return false
end

--- Puts the cursor behind the first character of the first `text` of the buffer.
local function go_to(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { number, column })
      return number
    end
  end
  error('there is no ' .. text)
end

local function ask(method, parameters)
  local answers = vim.lsp.buf_request_sync(0, method, parameters, PATIENCE_MS) or {}
  local answer = answers[client_id]
  if not answer then error(method .. ' was not answered') end
  if answer.err then error(method .. ': ' .. answer.err.message) end
  return answer.result
end

local function position()
  return vim.lsp.util.make_position_params(0, 'utf-16')
end

local function run()
  local matrix = open('lib/machine-env-matrix.nix')
  seen.filetype = vim.bo.filetype
  seen.found = wait(function() return has_message(matrix, '"anthropc"') end)

  go_to('"github-token"')
  seen.hover = ask('textDocument/hover', position()).contents.value
  local target = ask('textDocument/definition', position())[1]
  seen.definition = vim.uri_to_fname(target.targetUri or target.uri)
  seen.completion = vim.tbl_map(
    function(item) return item.label end,
    ask('textDocument/completion', position()).items
  )

  local renaming = position()
  renaming.newName = 'gh-token'
  vim.lsp.util.apply_workspace_edit(ask('textDocument/rename', renaming), 'utf-16')
  seen.renamed = vim.api.nvim_get_current_line()
  local registry = vim.fn.bufnr(vim.fn.getcwd() .. '/lib/secret-registry.nix')
  seen.renamed_elsewhere =
    vim.fn.match(vim.api.nvim_buf_get_lines(registry, 0, -1, false), '^  gh-token = ') >= 0

  local line = go_to('"anthropc"')
  local range = vim.lsp.util.make_range_params(0, 'utf-16')
  range.context = { diagnostics = {} }
  local actions = ask('textDocument/codeAction', range)
  seen.actions = vim.tbl_map(function(action) return action.title end, actions)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
  seen.fixed = vim.api.nvim_buf_get_lines(0, line - 1, line, false)[1]
  seen.gone = wait(function() return not has_message(matrix, '"anthropc"') end)

  -- An edit of one buffer changes the findings of another.
  vim.cmd('silent wall')
  local edited = open('lib/secret-registry.nix')
  go_to('anthropic = ')
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local text = vim.api.nvim_buf_get_lines(edited, row, row + 1, false)[1]
  vim.api.nvim_buf_set_lines(edited, row, row + 1, false, { (text:gsub('anthropic', 'anthropique', 1)) })
  seen.across = wait(function() return has_message(matrix, '"anthropic"') end)
  seen.server_alive = vim.lsp.get_client_by_id(client_id) ~= nil
end

local ok, problem = pcall(run)
if not ok then seen.problem = problem end
finish()
