"""What the Sheets v4 messages look like on the wire: each message's fields and their types, each enum's names.

Source: the public discovery document of sheets v4 (revision 20261019), reduced to the messages the sandbox speaks.
`#X` is the enum X, `[X]` a list of X, `{X}` a map to X, `any` content the sandbox takes as it is (charts, tables, ...).
"""

from collections.abc import Mapping

_MESSAGES = """
AddBandingRequest: bandedRange=BandedRange
AddBandingResponse: bandedRange=BandedRange
AddConditionalFormatRuleRequest: index=int rule=ConditionalFormatRule
AddDimensionGroupRequest: range=DimensionRange
AddDimensionGroupResponse: dimensionGroups=[DimensionGroup]
AddFilterViewRequest: filter=FilterView
AddFilterViewResponse: filter=FilterView
AddNamedRangeRequest: namedRange=NamedRange
AddNamedRangeResponse: namedRange=NamedRange
AddProtectedRangeRequest: protectedRange=ProtectedRange
AddProtectedRangeResponse: protectedRange=ProtectedRange
AddSheetRequest: properties=SheetProperties
AddSheetResponse: properties=SheetProperties
AppendCellsRequest: fields=mask rows=[RowData] sheetId=int tableId=str
AppendDimensionRequest: dimension=#Dimension length=int sheetId=int
AppendValuesResponse: spreadsheetId=str tableRange=str updates=UpdateValuesResponse
AutoFillRequest: range=GridRange sourceAndDestination=SourceAndDestination useAlternateSeries=bool
AutoResizeDimensionsRequest: dataSourceSheetDimensions=any dimensions=DimensionRange
BandedRange: bandedRangeId=int bandedRangeReference=str columnProperties=BandingProperties range=GridRange
  rowProperties=BandingProperties
BandingProperties: firstBandColor=Color firstBandColorStyle=ColorStyle footerColor=Color footerColorStyle=ColorStyle
  headerColor=Color headerColorStyle=ColorStyle secondBandColor=Color secondBandColorStyle=ColorStyle
BasicFilter: criteria={FilterCriteria} filterSpecs=[FilterSpec] range=GridRange sortSpecs=[SortSpec] tableId=str
BatchClearValuesByDataFilterRequest: dataFilters=[DataFilter]
BatchClearValuesByDataFilterResponse: clearedRanges=[str] spreadsheetId=str
BatchClearValuesRequest: ranges=[str]
BatchClearValuesResponse: clearedRanges=[str] spreadsheetId=str
BatchGetValuesByDataFilterRequest: dataFilters=[DataFilter] dateTimeRenderOption=#DateTimeRenderOption
  majorDimension=#Dimension valueRenderOption=#ValueRenderOption
BatchGetValuesByDataFilterResponse: spreadsheetId=str valueRanges=[MatchedValueRange]
BatchGetValuesResponse: spreadsheetId=str valueRanges=[ValueRange]
BatchUpdateSpreadsheetRequest: commentsViewMode=#CommentsViewMode includeSpreadsheetInResponse=bool requests=[Request]
  responseIncludeGridData=bool responseRanges=[str]
BatchUpdateSpreadsheetResponse: commentUpdateState=#CommentUpdateState replies=[Response] spreadsheetId=str
  updatedSpreadsheet=Spreadsheet
BatchUpdateValuesByDataFilterRequest: data=[DataFilterValueRange] includeValuesInResponse=bool
  responseDateTimeRenderOption=#DateTimeRenderOption responseValueRenderOption=#ValueRenderOption
  valueInputOption=#ValueInputOption
BatchUpdateValuesByDataFilterResponse: responses=[UpdateValuesByDataFilterResponse] spreadsheetId=str
  totalUpdatedCells=int totalUpdatedColumns=int totalUpdatedRows=int totalUpdatedSheets=int
BatchUpdateValuesRequest: data=[ValueRange] includeValuesInResponse=bool
  responseDateTimeRenderOption=#DateTimeRenderOption responseValueRenderOption=#ValueRenderOption
  valueInputOption=#ValueInputOption
BatchUpdateValuesResponse: responses=[UpdateValuesResponse] spreadsheetId=str totalUpdatedCells=int
  totalUpdatedColumns=int totalUpdatedRows=int totalUpdatedSheets=int
BooleanCondition: type=#BooleanConditionType values=[ConditionValue]
BooleanRule: condition=BooleanCondition format=CellFormat
Border: color=Color colorStyle=ColorStyle style=#Style width=int
Borders: bottom=Border left=Border right=Border top=Border
CellData: chipRuns=[any] dataSourceFormula=any dataSourceTable=any dataValidation=DataValidationRule
  effectiveFormat=CellFormat effectiveValue=ExtendedValue formattedValue=str hyperlink=str note=str pivotTable=any
  textFormatRuns=[TextFormatRun] userEnteredFormat=CellFormat userEnteredValue=ExtendedValue
CellFormat: backgroundColor=Color backgroundColorStyle=ColorStyle borders=Borders
  horizontalAlignment=#HorizontalAlignment hyperlinkDisplayType=#HyperlinkDisplayType numberFormat=NumberFormat
  padding=Padding textDirection=#TextDirection textFormat=TextFormat textRotation=TextRotation
  verticalAlignment=#VerticalAlignment wrapStrategy=#WrapStrategy
ClearBasicFilterRequest: sheetId=int
ClearValuesRequest:
ClearValuesResponse: clearedRange=str spreadsheetId=str
Color: alpha=float blue=float green=float red=float
ColorStyle: rgbColor=Color themeColor=#ThemeColor
ConditionValue: relativeDate=#RelativeDate userEnteredValue=str
ConditionalFormatRule: booleanRule=BooleanRule gradientRule=GradientRule ranges=[GridRange]
CopyPasteRequest: destination=GridRange pasteOrientation=#PasteOrientation pasteType=#PasteType source=GridRange
CopySheetToAnotherSpreadsheetRequest: destinationSpreadsheetId=str
CreateDeveloperMetadataRequest: developerMetadata=DeveloperMetadata
CreateDeveloperMetadataResponse: developerMetadata=DeveloperMetadata
CutPasteRequest: destination=GridCoordinate pasteType=#PasteType source=GridRange
DataFilter: a1Range=str developerMetadataLookup=DeveloperMetadataLookup gridRange=GridRange
DataFilterValueRange: dataFilter=DataFilter majorDimension=#Dimension values=[[any]]
DataValidationRule: condition=BooleanCondition inputMessage=str showCustomUi=bool strict=bool
DeleteBandingRequest: bandedRangeId=int
DeleteConditionalFormatRuleRequest: index=int sheetId=int
DeleteConditionalFormatRuleResponse: rule=ConditionalFormatRule
DeleteDeveloperMetadataRequest: dataFilter=DataFilter
DeleteDeveloperMetadataResponse: deletedDeveloperMetadata=[DeveloperMetadata]
DeleteDimensionGroupRequest: range=DimensionRange
DeleteDimensionGroupResponse: dimensionGroups=[DimensionGroup]
DeleteDimensionRequest: range=DimensionRange
DeleteDuplicatesRequest: comparisonColumns=[DimensionRange] range=GridRange
DeleteDuplicatesResponse: duplicatesRemovedCount=int
DeleteFilterViewRequest: filterId=int
DeleteNamedRangeRequest: namedRangeId=str
DeleteProtectedRangeRequest: protectedRangeId=int
DeleteRangeRequest: range=GridRange shiftDimension=#Dimension
DeleteSheetRequest: sheetId=int
DeveloperMetadata: location=DeveloperMetadataLocation metadataId=int metadataKey=str metadataValue=str
  visibility=#Visibility
DeveloperMetadataLocation: dimensionRange=DimensionRange locationType=#LocationType sheetId=int spreadsheet=bool
DeveloperMetadataLookup: locationMatchingStrategy=#LocationMatchingStrategy locationType=#LocationType metadataId=int
  metadataKey=str metadataLocation=DeveloperMetadataLocation metadataValue=str visibility=#Visibility
DimensionGroup: collapsed=bool depth=int range=DimensionRange
DimensionProperties: dataSourceColumnReference=any developerMetadata=[DeveloperMetadata] hiddenByFilter=bool
  hiddenByUser=bool pixelSize=int
DimensionRange: dimension=#Dimension endIndex=int sheetId=int startIndex=int
DuplicateFilterViewRequest: filterId=int
DuplicateFilterViewResponse: filter=FilterView
DuplicateSheetRequest: insertSheetIndex=int newSheetId=int newSheetName=str sourceSheetId=int
DuplicateSheetResponse: properties=SheetProperties
Editors: domainUsersCanEdit=bool groups=[str] users=[str]
ErrorValue: message=str type=#ErrorType
ExtendedValue: boolValue=bool errorValue=ErrorValue formulaValue=str numberValue=float stringValue=str
FilterCriteria: condition=BooleanCondition hiddenValues=[str] visibleBackgroundColor=Color
  visibleBackgroundColorStyle=ColorStyle visibleForegroundColor=Color visibleForegroundColorStyle=ColorStyle
FilterSpec: columnIndex=int dataSourceColumnReference=any filterCriteria=FilterCriteria
FilterView: criteria={FilterCriteria} filterSpecs=[FilterSpec] filterViewId=int namedRangeId=str range=GridRange
  sortSpecs=[SortSpec] tableId=str title=str
FindReplaceRequest: allSheets=bool find=str includeFormulas=bool matchCase=bool matchEntireCell=bool range=GridRange
  replacement=str searchByRegex=bool sheetId=int
FindReplaceResponse: formulasChanged=int occurrencesChanged=int rowsChanged=int sheetsChanged=int valuesChanged=int
GetSpreadsheetByDataFilterRequest: commentsViewMode=#CommentsViewMode dataFilters=[DataFilter]
  excludeTablesInBandedRanges=bool includeGridData=bool
GradientRule: maxpoint=InterpolationPoint midpoint=InterpolationPoint minpoint=InterpolationPoint
GridCoordinate: columnIndex=int rowIndex=int sheetId=int
GridData: columnMetadata=[DimensionProperties] rowData=[RowData] rowMetadata=[DimensionProperties] startColumn=int
  startRow=int
GridProperties: columnCount=int columnGroupControlAfter=bool frozenColumnCount=int frozenRowCount=int
  hideGridlines=bool rowCount=int rowGroupControlAfter=bool
GridRange: endColumnIndex=int endRowIndex=int sheetId=int startColumnIndex=int startRowIndex=int
InsertDimensionRequest: inheritFromBefore=bool range=DimensionRange
InsertRangeRequest: range=GridRange shiftDimension=#Dimension
InterpolationPoint: color=Color colorStyle=ColorStyle type=#InterpolationPointType value=str
IterativeCalculationSettings: convergenceThreshold=float maxIterations=int
Link: uri=str
MatchedDeveloperMetadata: dataFilters=[DataFilter] developerMetadata=DeveloperMetadata
MatchedValueRange: dataFilters=[DataFilter] valueRange=ValueRange
MergeCellsRequest: mergeType=#MergeType range=GridRange
MoveDimensionRequest: destinationIndex=int source=DimensionRange
NamedRange: name=str namedRangeId=str range=GridRange
NumberFormat: pattern=str type=#NumberFormatType
Padding: bottom=int left=int right=int top=int
PasteDataRequest: coordinate=GridCoordinate data=str delimiter=str html=bool type=#PasteType
ProtectedRange: description=str editors=Editors namedRangeId=str protectedRangeId=int range=GridRange
  requestingUserCanEdit=bool tableId=str unprotectedRanges=[GridRange] warningOnly=bool
RandomizeRangeRequest: range=GridRange
RepeatCellRequest: cell=CellData fields=mask range=GridRange
Request: addBanding=AddBandingRequest addChart=any addCommentReply=any
  addConditionalFormatRule=AddConditionalFormatRuleRequest addDataSource=any addDimensionGroup=AddDimensionGroupRequest
  addFilterView=AddFilterViewRequest addNamedRange=AddNamedRangeRequest addProtectedRange=AddProtectedRangeRequest
  addSheet=AddSheetRequest addSlicer=any addTable=any appendCells=AppendCellsRequest
  appendDimension=AppendDimensionRequest autoFill=AutoFillRequest autoResizeDimensions=AutoResizeDimensionsRequest
  cancelDataSourceRefresh=any clearBasicFilter=ClearBasicFilterRequest copyPaste=CopyPasteRequest
  createDeveloperMetadata=CreateDeveloperMetadataRequest cutPaste=CutPasteRequest deleteBanding=DeleteBandingRequest
  deleteComment=any deleteCommentReply=any deleteConditionalFormatRule=DeleteConditionalFormatRuleRequest
  deleteDataSource=any deleteDeveloperMetadata=DeleteDeveloperMetadataRequest deleteDimension=DeleteDimensionRequest
  deleteDimensionGroup=DeleteDimensionGroupRequest deleteDuplicates=DeleteDuplicatesRequest deleteEmbeddedObject=any
  deleteFilterView=DeleteFilterViewRequest deleteNamedRange=DeleteNamedRangeRequest
  deleteProtectedRange=DeleteProtectedRangeRequest deleteRange=DeleteRangeRequest deleteSheet=DeleteSheetRequest
  deleteTable=any duplicateFilterView=DuplicateFilterViewRequest duplicateSheet=DuplicateSheetRequest
  findReplace=FindReplaceRequest insertComment=any insertDimension=InsertDimensionRequest insertRange=InsertRangeRequest
  mergeCells=MergeCellsRequest moveDimension=MoveDimensionRequest pasteData=PasteDataRequest
  randomizeRange=RandomizeRangeRequest refreshDataSource=any repeatCell=RepeatCellRequest
  setBasicFilter=SetBasicFilterRequest setDataValidation=SetDataValidationRequest sortRange=SortRangeRequest
  textToColumns=TextToColumnsRequest trimWhitespace=TrimWhitespaceRequest unmergeCells=UnmergeCellsRequest
  updateBanding=UpdateBandingRequest updateBorders=UpdateBordersRequest updateCells=UpdateCellsRequest
  updateChartSpec=any updateCommentPost=any updateConditionalFormatRule=UpdateConditionalFormatRuleRequest
  updateDataSource=any updateDeveloperMetadata=UpdateDeveloperMetadataRequest
  updateDimensionGroup=UpdateDimensionGroupRequest updateDimensionProperties=UpdateDimensionPropertiesRequest
  updateEmbeddedObjectBorder=any updateEmbeddedObjectPosition=any updateFilterView=UpdateFilterViewRequest
  updateNamedRange=UpdateNamedRangeRequest updateProtectedRange=UpdateProtectedRangeRequest
  updateSheetProperties=UpdateSheetPropertiesRequest updateSlicerSpec=any
  updateSpreadsheetProperties=UpdateSpreadsheetPropertiesRequest updateTable=any
Response: addBanding=AddBandingResponse addChart=any addCommentReply=any addDataSource=any
  addDimensionGroup=AddDimensionGroupResponse addFilterView=AddFilterViewResponse addNamedRange=AddNamedRangeResponse
  addProtectedRange=AddProtectedRangeResponse addSheet=AddSheetResponse addSlicer=any addTable=any
  cancelDataSourceRefresh=any createDeveloperMetadata=CreateDeveloperMetadataResponse
  deleteConditionalFormatRule=DeleteConditionalFormatRuleResponse
  deleteDeveloperMetadata=DeleteDeveloperMetadataResponse deleteDimensionGroup=DeleteDimensionGroupResponse
  deleteDuplicates=DeleteDuplicatesResponse duplicateFilterView=DuplicateFilterViewResponse
  duplicateSheet=DuplicateSheetResponse findReplace=FindReplaceResponse insertComment=any refreshDataSource=any
  trimWhitespace=TrimWhitespaceResponse updateConditionalFormatRule=UpdateConditionalFormatRuleResponse
  updateDataSource=any updateDeveloperMetadata=UpdateDeveloperMetadataResponse updateEmbeddedObjectPosition=any
RowData: values=[CellData]
SearchDeveloperMetadataRequest: dataFilters=[DataFilter]
SearchDeveloperMetadataResponse: matchedDeveloperMetadata=[MatchedDeveloperMetadata]
SetBasicFilterRequest: filter=BasicFilter
SetDataValidationRequest: filteredRowsIncluded=bool range=GridRange rule=DataValidationRule
Sheet: bandedRanges=[BandedRange] basicFilter=BasicFilter charts=[any] columnGroups=[DimensionGroup]
  commentAnchors=[any] conditionalFormats=[ConditionalFormatRule] data=[GridData] developerMetadata=[DeveloperMetadata]
  filterViews=[FilterView] merges=[GridRange] properties=SheetProperties protectedRanges=[ProtectedRange]
  rowGroups=[DimensionGroup] slicers=[any] tables=[any]
SheetProperties: dataSourceSheetProperties=any gridProperties=GridProperties hidden=bool index=int rightToLeft=bool
  sheetId=int sheetType=#SheetType tabColor=Color tabColorStyle=ColorStyle title=str
SortRangeRequest: range=GridRange sortSpecs=[SortSpec]
SortSpec: backgroundColor=Color backgroundColorStyle=ColorStyle dataSourceColumnReference=any dimensionIndex=int
  foregroundColor=Color foregroundColorStyle=ColorStyle sortOrder=#SortOrder
SourceAndDestination: dimension=#Dimension fillLength=int source=GridRange
Spreadsheet: comments=[any] commentsViewMode=#CommentsViewMode dataSourceSchedules=[any] dataSources=[any]
  developerMetadata=[DeveloperMetadata] namedRanges=[NamedRange] properties=SpreadsheetProperties sheets=[Sheet]
  spreadsheetId=str spreadsheetUrl=str
SpreadsheetProperties: autoRecalc=#AutoRecalc defaultFormat=CellFormat importFunctionsExternalUrlAccessAllowed=bool
  iterativeCalculationSettings=IterativeCalculationSettings locale=str spreadsheetTheme=SpreadsheetTheme timeZone=str
  title=str
SpreadsheetTheme: primaryFontFamily=str themeColors=[ThemeColorPair]
TextFormat: bold=bool fontFamily=str fontSize=int foregroundColor=Color foregroundColorStyle=ColorStyle italic=bool
  link=Link strikethrough=bool underline=bool
TextFormatRun: format=TextFormat startIndex=int
TextRotation: angle=int vertical=bool
TextToColumnsRequest: delimiter=str delimiterType=#DelimiterType source=GridRange
ThemeColorPair: color=ColorStyle colorType=#ThemeColor
TrimWhitespaceRequest: range=GridRange
TrimWhitespaceResponse: cellsChangedCount=int
UnmergeCellsRequest: range=GridRange
UpdateBandingRequest: bandedRange=BandedRange fields=mask
UpdateBordersRequest: bottom=Border innerHorizontal=Border innerVertical=Border left=Border range=GridRange
  right=Border top=Border
UpdateCellsRequest: fields=mask range=GridRange rows=[RowData] start=GridCoordinate
UpdateConditionalFormatRuleRequest: index=int newIndex=int rule=ConditionalFormatRule sheetId=int
UpdateConditionalFormatRuleResponse: newIndex=int newRule=ConditionalFormatRule oldIndex=int
  oldRule=ConditionalFormatRule
UpdateDeveloperMetadataRequest: dataFilters=[DataFilter] developerMetadata=DeveloperMetadata fields=mask
UpdateDeveloperMetadataResponse: developerMetadata=[DeveloperMetadata]
UpdateDimensionGroupRequest: dimensionGroup=DimensionGroup fields=mask
UpdateDimensionPropertiesRequest: dataSourceSheetRange=any fields=mask properties=DimensionProperties
  range=DimensionRange
UpdateFilterViewRequest: fields=mask filter=FilterView
UpdateNamedRangeRequest: fields=mask namedRange=NamedRange
UpdateProtectedRangeRequest: fields=mask protectedRange=ProtectedRange
UpdateSheetPropertiesRequest: fields=mask properties=SheetProperties
UpdateSpreadsheetPropertiesRequest: fields=mask properties=SpreadsheetProperties
UpdateValuesByDataFilterResponse: dataFilter=DataFilter updatedCells=int updatedColumns=int updatedData=ValueRange
  updatedRange=str updatedRows=int
UpdateValuesResponse: spreadsheetId=str updatedCells=int updatedColumns=int updatedData=ValueRange updatedRange=str
  updatedRows=int
ValueRange: majorDimension=#Dimension range=str values=[[any]]
"""

_ENUMS = """
AutoRecalc: RECALCULATION_INTERVAL_UNSPECIFIED ON_CHANGE MINUTE HOUR
BooleanConditionType: CONDITION_TYPE_UNSPECIFIED NUMBER_GREATER NUMBER_GREATER_THAN_EQ NUMBER_LESS NUMBER_LESS_THAN_EQ
  NUMBER_EQ NUMBER_NOT_EQ NUMBER_BETWEEN NUMBER_NOT_BETWEEN TEXT_CONTAINS TEXT_NOT_CONTAINS TEXT_STARTS_WITH
  TEXT_ENDS_WITH TEXT_EQ TEXT_IS_EMAIL TEXT_IS_URL DATE_EQ DATE_BEFORE DATE_AFTER DATE_ON_OR_BEFORE DATE_ON_OR_AFTER
  DATE_BETWEEN DATE_NOT_BETWEEN DATE_IS_VALID ONE_OF_RANGE ONE_OF_LIST BLANK NOT_BLANK CUSTOM_FORMULA BOOLEAN
  TEXT_NOT_EQ DATE_NOT_EQ FILTER_EXPRESSION
CommentUpdateState: COMMENT_UPDATE_STATE_UNSPECIFIED NO_UPDATES_REQUESTED ALL_SAVED ALL_FAILED_UNKNOWN_REASON
CommentsViewMode: COMMENTS_VIEW_MODE_UNSPECIFIED COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS
  COMMENTS_VIEW_MODE_OMITTED COMMENTS_VIEW_MODE_INCLUDED
DateTimeRenderOption: SERIAL_NUMBER FORMATTED_STRING
DelimiterType: DELIMITER_TYPE_UNSPECIFIED COMMA SEMICOLON PERIOD SPACE CUSTOM AUTODETECT
Dimension: DIMENSION_UNSPECIFIED ROWS COLUMNS
ErrorType: ERROR_TYPE_UNSPECIFIED ERROR NULL_VALUE DIVIDE_BY_ZERO VALUE REF NAME NUM N_A LOADING
HorizontalAlignment: HORIZONTAL_ALIGN_UNSPECIFIED LEFT CENTER RIGHT
HyperlinkDisplayType: HYPERLINK_DISPLAY_TYPE_UNSPECIFIED LINKED PLAIN_TEXT
InsertDataOption: OVERWRITE INSERT_ROWS
InterpolationPointType: INTERPOLATION_POINT_TYPE_UNSPECIFIED MIN MAX NUMBER PERCENT PERCENTILE
LocationMatchingStrategy: DEVELOPER_METADATA_LOCATION_MATCHING_STRATEGY_UNSPECIFIED EXACT_LOCATION
  INTERSECTING_LOCATION
LocationType: DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED ROW COLUMN SHEET SPREADSHEET
MergeType: MERGE_ALL MERGE_COLUMNS MERGE_ROWS
NumberFormatType: NUMBER_FORMAT_TYPE_UNSPECIFIED TEXT NUMBER PERCENT CURRENCY DATE TIME DATE_TIME SCIENTIFIC
PasteOrientation: NORMAL TRANSPOSE
PasteType: PASTE_NORMAL PASTE_VALUES PASTE_FORMAT PASTE_NO_BORDERS PASTE_FORMULA PASTE_DATA_VALIDATION
  PASTE_CONDITIONAL_FORMATTING
RelativeDate: RELATIVE_DATE_UNSPECIFIED PAST_YEAR PAST_MONTH PAST_WEEK YESTERDAY TODAY TOMORROW
SheetType: SHEET_TYPE_UNSPECIFIED GRID OBJECT DATA_SOURCE
SortOrder: SORT_ORDER_UNSPECIFIED ASCENDING DESCENDING
Style: STYLE_UNSPECIFIED DOTTED DASHED SOLID SOLID_MEDIUM SOLID_THICK NONE DOUBLE
TextDirection: TEXT_DIRECTION_UNSPECIFIED LEFT_TO_RIGHT RIGHT_TO_LEFT
ThemeColor: THEME_COLOR_TYPE_UNSPECIFIED TEXT BACKGROUND ACCENT1 ACCENT2 ACCENT3 ACCENT4 ACCENT5 ACCENT6 LINK
ValueInputOption: INPUT_VALUE_OPTION_UNSPECIFIED RAW USER_ENTERED
ValueRenderOption: FORMATTED_VALUE UNFORMATTED_VALUE FORMULA
VerticalAlignment: VERTICAL_ALIGN_UNSPECIFIED TOP MIDDLE BOTTOM
Visibility: DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED DOCUMENT PROJECT
WrapStrategy: WRAP_STRATEGY_UNSPECIFIED OVERFLOW_CELL LEGACY_WRAP CLIP WRAP
"""


def _entries(table: str) -> dict[str, list[str]]:
    """`Name: word word` lines (continued by indented ones) as name -> words."""
    joined = table.strip().replace("\n  ", " ")
    return {name: words.split() for name, _, words in (line.partition(":") for line in joined.splitlines())}


#: message -> field -> type, in camelCase as in JSON
MESSAGES: Mapping[str, Mapping[str, str]] = {
    name: dict(word.split("=", 1) for word in words) for name, words in _entries(_MESSAGES).items()
}
#: enum -> its names in the schema's order (the first is the proto3 default)
ENUMS: Mapping[str, tuple[str, ...]] = {name: tuple(words) for name, words in _entries(_ENUMS).items()}


def snake(name: str) -> str:
    """`userEnteredValue` as `user_entered_value`: Google's error messages name fields in proto style."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def item_type(kind: str) -> str | None:
    """The element type of a list type, or None."""
    return kind[1:-1] if kind.startswith("[") else None


def entry_type(kind: str) -> str | None:
    """The type of a map type's values, or None; its keys are strings."""
    return kind[1:-1] if kind.startswith("{") else None
