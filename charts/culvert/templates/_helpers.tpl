{{/* What everything of a release is named after. */}}
{{- define "culvert.name" -}}
{{- if contains "culvert" .Release.Name }}{{ .Release.Name | trunc 45 | trimSuffix "-" }}{{ else }}{{ printf "%s-culvert" .Release.Name | trunc 45 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "culvert.operator" -}}
{{ include "culvert.name" . }}-operator
{{- end }}

{{/* The account of the hooks, which may change gateways and nothing else. */}}
{{- define "culvert.hooks" -}}
{{ include "culvert.name" . }}-hooks
{{- end }}

{{- define "culvert.selector" -}}
app.kubernetes.io/name: culvert-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "culvert.labels" -}}
app.kubernetes.io/part-of: culvert
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "culvert.image" -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end }}
{{- end }}

{{/* Restricted pod security, for every pod of this chart. */}}
{{- define "culvert.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "culvert.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* A pod of the operator's image that does one thing for Helm. Takes root, account, command and variables. */}}
{{- define "culvert.helperPod" -}}
serviceAccountName: {{ .account }}
restartPolicy: Never
securityContext: {{- include "culvert.podSecurity" .root | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.operator.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.operator.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
containers:
- name: {{ .command }}
  image: {{ include "culvert.image" .root.Values.operator.image }}
  imagePullPolicy: {{ .root.Values.operator.image.pullPolicy }}
  args: [{{ .command }}]
  env:
  - name: POD_NAMESPACE
    valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}
  {{- range $name, $value := .variables }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
  securityContext: {{- include "culvert.containerSecurity" .root | nindent 4 }}
  resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 384Mi}}
  terminationMessagePolicy: FallbackToLogsOnError
  volumeMounts:
  - {name: tmp, mountPath: /tmp}
volumes:
- {name: tmp, emptyDir: {}}
{{- end }}
